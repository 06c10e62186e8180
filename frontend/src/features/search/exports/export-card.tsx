import Box from '@mui/material/Box';
import Button from '@mui/material/Button';
import LinearProgress from '@mui/material/LinearProgress';
import Typography from '@mui/material/Typography';
import { useState, type ReactNode } from 'react';

import { ConfirmDialog } from '@/components/ui/confirm-dialog';
import { ErrorNotice, Notice, sentence } from '@/components/ui/notice';
import { addressOfApi } from '@/lib/api-client';
import { momentWords } from '@/lib/zone';
import type { Export } from '@/types/shapes';

import { useDeleteExport } from './api/delete-export';
import { isMade } from './api/get-exports';
import type { DownloadState } from './download';
import { downloads } from './downloads';
import { ExportDetails } from './export-details';
import type { Pace } from './pace';
import { canSaveFiles, pickFile } from './save-file';
import { downloadWords, expiryWords, formatName, progressWords } from './words';

interface Props {
  told: Export;
  pace: Pace | null;
  /** null: it is not being saved by this page. */
  download: DownloadState | null;
  /** Microseconds since 1970. */
  now: number;
  zone: string;
}

/** One export: how far it is, and what can be done with it. */
export function ExportCard({ told, pace, download, now, zone }: Props) {
  const [isOpen, setOpen] = useState(false);
  const expiry = expiryWords(told, now, zone);
  return (
    <Box
      component="li"
      aria-label={told.file_name}
      sx={{ display: 'grid', gap: 2, p: 3, border: 1, borderColor: 'divider', borderRadius: 1, minWidth: 0 }}
    >
      <Box sx={{ display: 'flex', flexWrap: 'wrap', columnGap: 3, rowGap: 1, alignItems: 'baseline', minWidth: 0 }}>
        <Typography component="span" sx={{ fontWeight: 600, overflowWrap: 'anywhere' }}>
          {told.file_name}
        </Typography>
        <Small>
          {formatName(told.format)}, asked for at {momentWords(told.created_at / 1_000, zone)}
        </Small>
      </Box>
      <Small>{progressWords(told, pace)}</Small>
      {isMade(told) ? <Progress told={told} /> : null}
      {told.state === 'failed' ? <Failed why={told.error} /> : null}
      {download === null ? null : <Saving download={download} told={told} />}
      {expiry === null ? null : <Small>{expiry}</Small>}
      <Actions told={told} download={download} isOpen={isOpen} onOpen={() => setOpen(!isOpen)} />
      {isOpen && told.state === 'done' ? <ExportDetails id={told.id} zone={zone} /> : null}
    </Box>
  );
}

function Small({ children }: { children: ReactNode }) {
  return (
    <Typography component="div" variant="body2" sx={{ color: 'text.secondary', overflowWrap: 'anywhere' }}>
      {children}
    </Typography>
  );
}

function Progress({ told }: { told: Export }) {
  const label = `${told.file_name} is made`;
  const value = Math.min(100, told.percent);
  return <LinearProgress aria-label={label} variant="determinate" value={value} sx={{ height: 4, borderRadius: 1 }} />;
}

function Failed({ why }: { why: string }) {
  return <Notice kind="bad" title={sentence(why === '' ? 'the export has failed' : why)} />;
}

function Saving({ download, told }: { download: DownloadState; told: Export }) {
  const words = downloadWords(download, told);
  if (download.phase === 'failed') {
    return (
      <Notice kind="bad" title={words} announced>
        {download.error === null ? null : sentence(download.error.message)}
      </Notice>
    );
  }
  const kinds = { saved: 'good', running: 'info', again: 'warning', broken: 'warning' } as const;
  return <Notice kind={kinds[download.phase]} title={words} announced={download.phase !== 'running'} />;
}

interface ActionsProps {
  told: Export;
  download: DownloadState | null;
  isOpen: boolean;
  onOpen: () => void;
}

function Actions({ told, download, isOpen, onOpen }: ActionsProps) {
  const [trouble, setTrouble] = useState<Error | null>(null);
  const isSaving = download !== null && ['running', 'again', 'broken'].includes(download.phase);
  const isDone = told.state === 'done';
  const save = async () => {
    setTrouble(null);
    try {
      const sink = await pickFile(told.file_name);
      if (sink !== null) downloads.begin(told.id, sink);
    } catch (error) {
      setTrouble(error instanceof Error ? error : new Error(String(error)));
    }
  };
  return (
    <>
      {trouble === null ? null : (
        <Notice kind="bad" title="This browser does not let the page write there." announced>
          Choose another folder, or take Download. {sentence(trouble.message)}
        </Notice>
      )}
      <Box sx={{ display: 'flex', flexWrap: 'wrap', gap: 2 }}>
        {download?.phase === 'broken' ? (
          <Button size="small" variant="contained" onClick={() => downloads.resume(told.id)}>
            Resume
          </Button>
        ) : null}
        {isSaving ? (
          <Button size="small" color="inherit" onClick={() => downloads.cancel(told.id)}>
            Stop saving
          </Button>
        ) : null}
        {isDone ? (
          <Button
            size="small"
            variant="outlined"
            component="a"
            href={addressOfApi(`/exports/${told.id}/data`)}
            download={told.file_name}
            aria-label={`Download ${told.file_name}`}
          >
            Download
          </Button>
        ) : null}
        {told.state !== 'failed' && !isSaving && canSaveFiles() ? (
          <Button size="small" color="inherit" onClick={() => void save()} aria-label={`Save ${told.file_name} as`}>
            {isDone ? 'Save as …' : 'Save while it is made …'}
          </Button>
        ) : null}
        {isDone ? (
          <Button size="small" color="inherit" aria-expanded={isOpen} onClick={onOpen} aria-label={`Details of ${told.file_name}`}>
            Details
          </Button>
        ) : null}
        <Remove told={told} />
      </Box>
    </>
  );
}

function Remove({ told }: { told: Export }) {
  const [isAsking, setAsking] = useState(false);
  const remove = useDeleteExport();
  const deed = isMade(told) ? 'Stop' : 'Delete';
  const confirm = () =>
    remove.mutate(told.id, {
      onSuccess: () => {
        downloads.cancel(told.id);
        setAsking(false);
      },
    });
  return (
    <>
      <Button size="small" color="error" onClick={() => setAsking(true)} aria-label={`${deed} ${told.file_name}`}>
        {deed}
      </Button>
      {remove.error !== null && !isAsking ? <ErrorNotice error={remove.error} /> : null}
      <ConfirmDialog
        title={`${deed} this export?`}
        isOpen={isAsking}
        onClose={() => setAsking(false)}
        onConfirm={confirm}
        action={`${deed} the export`}
        danger
        isBusy={remove.isPending}
        error={remove.error}
        words="What the server has made of it goes, and a download of it stops. Stored logs and files on your computer stay."
      />
    </>
  );
}
