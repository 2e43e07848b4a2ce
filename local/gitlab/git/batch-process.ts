import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import { GitError, gitEnvironment } from './run-git.ts';

export interface GitObject {
  id: string;
  type: string;
  content: Buffer;
}

interface Question {
  answer(object: GitObject | undefined): void;
  fail(error: GitError): void;
}

const ARGS = ['cat-file', '--batch'];
const FOUND = /^([0-9a-f]{40}) ([a-z]+) (\d+)$/;

/**
 * One `git cat-file --batch` of a repository: a name goes in as a line, and `<id> <type> <size>`, the content and a line feed
 * come out, or `<name> missing`. It answers in turn, and sees refs and objects that came after its start. When this process
 * is gone, even killed, its input ends and so does git.
 */
export class BatchProcess {
  /** Resolves when git has ended, by itself or by `end`. */
  readonly ended: Promise<void>;
  isOver = false;
  readonly #child: ChildProcessWithoutNullStreams;
  readonly #open: Question[] = [];
  #unread: Buffer[] = [];
  #unreadBytes = 0;
  /** What must be there before it is worth looking again: contents come in many pieces. */
  #neededBytes = 1;

  constructor(repository: string) {
    this.#child = spawn('git', ARGS, { cwd: repository, env: gitEnvironment(), stdio: ['pipe', 'pipe', 'pipe'] });
    this.#child.stdout.on('data', (piece: Buffer) => this.#take(piece));
    this.#child.stderr.resume();
    this.#child.stdin.on('error', () => {}); // the end of the process tells of it
    this.ended = new Promise((resolve) => {
      const over = (code: number | null, reason: string) => {
        this.isOver = true;
        for (const question of this.#open.splice(0)) question.fail(new GitError(ARGS, code, reason));
        resolve();
      };
      this.#child.on('error', (cause) => over(null, `${cause.message}; install git and try again`));
      this.#child.on('close', (code) => over(code, 'it ended before it had answered'));
    });
  }

  /** `name` is one line that git may read. */
  ask(name: string): Promise<GitObject | undefined> {
    return new Promise((answer, fail) => {
      this.#open.push({ answer, fail });
      this.#child.stdin.write(`${name}\n`);
    });
  }

  /** Lets git answer what it was asked, and then end. */
  end(): void {
    this.#child.stdin.end();
  }

  #take(piece: Buffer): void {
    this.#unread.push(piece);
    this.#unreadBytes += piece.length;
    if (this.#unreadBytes < this.#neededBytes) return;
    let bytes = Buffer.concat(this.#unread);
    this.#neededBytes = 1;
    for (let length = this.#answerFrom(bytes); length > 0; length = this.#answerFrom(bytes))
      bytes = bytes.subarray(length);
    this.#unread = bytes.length > 0 ? [bytes] : [];
    this.#unreadBytes = bytes.length;
  }

  /** Answers the oldest question from the start of the bytes, and says how many it took; 0 if it isn't all there. */
  #answerFrom(bytes: Buffer): number {
    const headLength = bytes.indexOf('\n') + 1;
    if (headLength === 0) return 0;
    const found = FOUND.exec(bytes.toString('utf8', 0, headLength - 1));
    const [, id = '', type = '', size = ''] = found ?? [];
    const length = found ? headLength + Number(size) + 1 : headLength;
    if (bytes.length < length) {
      this.#neededBytes = length;
      return 0;
    }
    this.#open.shift()?.answer(found ? { id, type, content: bytes.subarray(headLength, length - 1) } : undefined);
    return length;
  }
}
