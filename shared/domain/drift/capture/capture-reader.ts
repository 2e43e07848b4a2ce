import type { SealedBaseline } from '../baseline.ts';
import type { WindowState } from '../window-state.ts';
import { recordAdder } from './add-record.ts';
import { CaptureKernel, kernelCanRead } from './capture-kernel.ts';
import { type CaptureWindow, type DecodedLine, decodeRecord } from './decode-record.ts';
import { learnTemplate } from './learn-template.ts';

const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
/** A captured request is a few MB at most (SageMaker accepts 25 MB); what is longer is counted as invalid and not kept. */
const LONGEST_LINE_BYTES = 32 * 1024 * 1024;
/** After this many lines in a row that taught nothing new, the next one is tried. */
const LONGEST_PAUSE = 1_024;

/** Reads capture lines that arrive in pieces of any size: the kernel those that it knows, the slow path the rest, in their order. */
export class CaptureReader {
  private readonly sealed: SealedBaseline;
  private window: CaptureWindow | undefined;
  private readonly kernel: CaptureKernel;
  private readonly useKernel: boolean;
  private readonly names: readonly string[];
  private addRecord: (line: DecodedLine) => void;
  /** Bytes in the kernel's input: the beginning of a line, whose end has not arrived. */
  private held = 0;
  /** A line longer than the kernel's input. */
  private longLine: { pieces: Buffer[]; bytes: number } | undefined;
  private linesUntilLearning = 0;
  private pause = 0;

  /** @param useKernel false: every line takes the slow path, with the same result */
  constructor(sealed: SealedBaseline, useKernel = kernelCanRead(sealed.baseline)) {
    this.sealed = sealed;
    this.useKernel = useKernel;
    this.kernel = new CaptureKernel(sealed);
    this.names = sealed.baseline.features.map(({ name }) => name);
    this.addRecord = recordAdder(sealed.baseline, this.kernel.takeState());
  }

  /** Begins another stream with an empty state. */
  begin(window: CaptureWindow | undefined): void {
    this.window = window;
    this.addRecord = recordAdder(this.sealed.baseline, this.kernel.begin(window));
    this.held = 0;
    this.longLine = undefined;
  }

  write(bytes: Uint8Array): void {
    const chunk = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const { input } = this.kernel;
    let place = 0;
    while (place < chunk.length) {
      if (this.longLine !== undefined) {
        place = this.continueLongLine(this.longLine, chunk, place);
        continue;
      }
      const copied = chunk.copy(input, this.held, place);
      place += copied;
      const end = input.subarray(this.held, this.held + copied).lastIndexOf(NEWLINE);
      const lines = end === -1 ? 0 : this.held + end + 1;
      this.held += copied;
      if (lines > 0) this.readLines(lines);
      else if (this.held === input.length) this.beginLongLine();
    }
  }

  /** The state of everything written. Before more is written, `begin` again. */
  finish(): WindowState {
    // The last line may lack its newline.
    this.write(Buffer.of(NEWLINE));
    return this.kernel.finish();
  }

  private readLines(end: number): void {
    const { input } = this.kernel;
    let place = 0;
    while (place < end) {
      if (this.useKernel) place = this.kernel.scan(place, end);
      if (place >= end) break;
      const next = input.indexOf(NEWLINE, place);
      this.readSlowly(input.subarray(place, next));
      place = next + 1;
    }
    input.copyWithin(0, end, this.held);
    this.held -= end;
  }

  private readSlowly(line: Buffer): void {
    const { baseline } = this.sealed;
    const decoded = decodeRecord(line.toString('utf8'), this.names, baseline.prediction?.name, this.window);
    this.kernel.takeState();
    this.addRecord(decoded);
    if (this.useKernel && (decoded.kind === 'record' || decoded.kind === 'outside')) this.learnFrom(line);
  }

  /** Lines of a new look teach the kernel; lines that are odd in another way soon cost no more than their reading. */
  private learnFrom(line: Buffer): void {
    if (this.linesUntilLearning-- > 0) return;
    const end = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
    const template = learnTemplate(line.toString('latin1', 0, end), this.sealed.baseline.prediction);
    const isNew = template !== undefined && this.kernel.learn(template);
    this.pause = isNew ? 0 : Math.min(2 * this.pause + 1, LONGEST_PAUSE);
    this.linesUntilLearning = this.pause;
  }

  private beginLongLine(): void {
    const { input } = this.kernel;
    this.longLine = { pieces: [Buffer.from(input.subarray(0, this.held))], bytes: this.held };
    this.held = 0;
  }

  private continueLongLine(line: { pieces: Buffer[]; bytes: number }, chunk: Buffer, from: number): number {
    const end = chunk.indexOf(NEWLINE, from);
    const piece = chunk.subarray(from, end === -1 ? chunk.length : end);
    line.bytes += piece.length;
    if (line.bytes <= LONGEST_LINE_BYTES) line.pieces.push(Buffer.from(piece));
    else line.pieces = [];
    if (end === -1) return chunk.length;
    this.longLine = undefined;
    if (line.bytes <= LONGEST_LINE_BYTES) this.readSlowly(Buffer.concat(line.pieces));
    else this.kernel.takeState().invalidRecords += 1;
    return end + 1;
  }
}
