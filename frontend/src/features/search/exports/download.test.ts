import { expect, test, vi } from 'vitest';

import { ApiError } from '@/lib/api-error';

import { Download, type DownloadState, type Sink } from './download';
import { played } from './played-export';

const WHOLE = 'a,b\r\n1,2\r\n';
const DONE = { ...played, bytes: WHOLE.length };

function text(part: string): Uint8Array {
  return new TextEncoder().encode(part);
}

/** An answer that ends, or breaks off, behind these parts. */
function answer(parts: string[], isBroken = false): Response {
  let place = 0;
  const body = new ReadableStream<Uint8Array>({
    pull(controller) {
      const part = parts[place];
      place += 1;
      if (part !== undefined) controller.enqueue(text(part));
      else if (isBroken) controller.error(new TypeError('network error'));
      else controller.close();
    },
  });
  return new Response(body);
}

function kept() {
  const file = { text: '', state: 'open' as 'open' | 'closed' | 'gone' };
  const decoder = new TextDecoder();
  const sink: Sink = {
    write: (data) => {
      file.text += decoder.decode(data);
      return Promise.resolve();
    },
    close: () => Promise.resolve(void (file.state = 'closed')),
    abort: () => Promise.resolve(void (file.state = 'gone')),
  };
  return { file, sink };
}

function download(answers: (Response | Error)[], sink: Sink, export_ = DONE, waits: number[] = [0, 0]) {
  const asked: number[] = [];
  const told: DownloadState[] = [];
  const one = new Download(
    sink,
    {
      bytes: (after) => {
        asked.push(after);
        const next = answers.shift() ?? new TypeError('no answer');
        return next instanceof Error ? Promise.reject(next) : Promise.resolve(next);
      },
      look: () => Promise.resolve(export_),
    },
    (state) => told.push(state),
    waits,
  );
  return { one, asked, last: () => told.at(-1) };
}

test('what comes goes into the file, which is saved when it is whole', async () => {
  const { file, sink } = kept();
  const { one, last } = download([answer(['a,b\r\n', '1,2\r\n'])], sink);

  await one.run();

  expect(file).toEqual({ text: WHOLE, state: 'closed' });
  expect(last()).toEqual({ phase: 'saved', bytes: WHOLE.length, error: null });
});

test('a connection that breaks is gone on with from the byte that is there', async () => {
  const { file, sink } = kept();
  const { one, asked } = download([answer(['a,b'], true), answer(['\r\n1,2\r\n'])], sink);

  await one.run();

  expect(asked).toEqual([0, 3]);
  expect(file).toEqual({ text: WHOLE, state: 'closed' });
});

test('after some attempts it waits for somebody, keeps what is there, and goes on', async () => {
  const { file, sink } = kept();
  const gone = new TypeError('network error');
  const { one, asked, last } = download([answer(['a,b'], true), gone, gone, answer(['\r\n1,2\r\n'])], sink);

  await one.run();
  expect(last()).toMatchObject({ phase: 'broken', bytes: 3 });
  expect(file).toEqual({ text: 'a,b', state: 'open' });

  await one.run();
  expect(asked).toEqual([0, 3, 3, 3]);
  expect(file).toEqual({ text: WHOLE, state: 'closed' });
});

test('an answer that ends early without an error is not taken for the whole', async () => {
  const { file, sink } = kept();
  const { one, asked } = download([answer(['a,b']), answer(['\r\n1,2\r\n'])], sink);

  await one.run();

  expect(asked).toEqual([0, 3]);
  expect(file.state).toBe('closed');
});

test('what is gone fails at once, and leaves no half of a file', async () => {
  const { file, sink } = kept();
  const missing = new ApiError(404, { code: 'not_found', message: 'no such export', request_id: '' });
  const { one, asked, last } = download([missing], sink);

  await one.run();

  expect(asked).toEqual([0]);
  expect(file.state).toBe('gone');
  expect(last()).toMatchObject({ phase: 'failed', error: missing });
});

test('an export that fails on the way says why', async () => {
  const { sink } = kept();
  const { one, last } = download([answer(['a,b'])], sink, { ...DONE, state: 'failed', error: 'a day is damaged' });

  await one.run();

  expect(last()?.error?.message).toBe('a day is damaged');
});

test('when the session is over it waits for the next one', async () => {
  const { file, sink } = kept();
  const { one, last } = download([new ApiError(401, { code: 'unauthorized', message: 'sign in', request_id: '' })], sink);

  await one.run();

  expect(last()?.phase).toBe('broken');
  expect(file.state).toBe('open');
});

test('a disk that is full is said, and nothing is tried again', async () => {
  const { file, sink } = kept();
  const full: Sink = { ...sink, write: () => Promise.reject(new Error('no space left')) };
  const { one, asked, last } = download([answer(['a,b'])], full);

  await one.run();

  expect(asked).toEqual([0]);
  expect(last()).toMatchObject({ phase: 'failed', error: { message: 'The file could not be written: no space left' } });
  expect(file.state).toBe('gone');
});

test('one that is given up tells nothing more', async () => {
  const { file, sink } = kept();
  const { one, asked, last } = download([answer(['a,b'], true)], sink, DONE, [0, 600_000]);

  const running = one.run();
  await vi.waitFor(() => expect([asked, last()?.phase]).toEqual([[0, 3], 'again']), 20_000);
  await one.cancel();
  await running;

  expect(file.state).toBe('gone');
  expect(last()?.phase).not.toBe('saved');
});
