/** The kernel's receive buffer: what was asked for, what was granted, and the way to the rest. No React. */
import { bytes } from '@/lib/format';
import type { EngineBuffer } from '@/types/shapes';

export interface BufferWords {
  isShort: boolean;
  asked: string;
  granted: string;
  /** The kernel dropped something meanwhile, or could. */
  why: string;
  /** For now, and for every start of the machine. */
  fix: string | null;
}

/** The kernel counts its own bookkeeping, too: a buffer granted whole is told twice as large as it was asked for. */
const KERNEL_COUNTS = 2;

export function bufferInWords(buffer: EngineBuffer): BufferWords {
  const isShort = buffer.advice !== null;
  const granted = Math.min(buffer.granted_bytes / KERNEL_COUNTS, buffer.asked_bytes);
  return {
    isShort,
    asked: bytes(buffer.asked_bytes),
    granted: bytes(granted),
    why: isShort ? 'In a burst the kernel drops what does not fit, and counts it in the ledger.' : '',
    fix: buffer.advice === null ? null : fixOf(buffer.advice),
  };
}

function fixOf(advice: string): string {
  const setting = advice.replace(/^sysctl -w\s+/, '');
  return `sudo ${advice}\necho '${setting}' | sudo tee /etc/sysctl.d/60-syslogger.conf`;
}
