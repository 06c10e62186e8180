import LinearProgress from '@mui/material/LinearProgress';
import { useQuery } from '@tanstack/react-query';

import { ErrorNotice, Notice, sentence } from '@/components/ui/notice';
import { count } from '@/lib/format';
import type { Job } from '@/types/shapes';

import { hasEnded, jobQuery } from '../api/get-job';

interface Props {
  name: string;
  /** What deletes its days; null: they are kept. */
  job: string | null;
}

/** What became of an engine that was deleted. */
export function DeletedNotice({ name, job }: Props) {
  if (job === null) {
    return (
      <Notice kind="good" title={`${name} is deleted.`} announced>
        Its stored days are kept. A new engine of this name and class goes on with them.
      </Notice>
    );
  }
  return <Deleting name={name} id={job} />;
}

function Deleting({ name, id }: { name: string; id: string }) {
  const { data, error } = useQuery(jobQuery(id));
  if (error !== null && data === undefined) return <ErrorNotice error={error} />;
  const failed = data?.state === 'failed';
  return (
    <Notice kind={failed ? 'bad' : 'good'} title={`${name} is deleted.`} announced>
      {daysInWords(data)}
      {data === undefined || hasEnded(data) ? null : (
        <LinearProgress
          aria-label={`Deleting the days of ${name}`}
          variant={data.total > 0 ? 'determinate' : 'indeterminate'}
          value={data.total > 0 ? (100 * data.done) / data.total : 0}
          sx={{ mt: 2 }}
        />
      )}
    </Notice>
  );
}

function daysInWords(job: Job | undefined): string {
  if (job === undefined || job.state === 'queued') return 'Its stored days are going to be deleted.';
  if (job.state === 'running') return `Its stored days are being deleted: ${count(job.done)} of ${count(job.total)}.`;
  if (job.state === 'done') return 'Its stored days are deleted, too.';
  const why = job.message === '' ? '' : ` ${sentence(job.message)}`;
  return `Its stored days are not all deleted: the job was ${job.state}.${why}`;
}
