import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import * as z from 'zod';
import { Mail } from './mail.ts';

/** All mails, newest first, kept on disk. A message that SNS delivers twice to one address is kept once. */
export class MailStore {
  readonly #file: string;
  #mails: Mail[];

  constructor(folder: string) {
    mkdirSync(folder, { recursive: true });
    this.#file = join(folder, 'mails.json');
    this.#mails = readMails(this.#file);
  }

  keep(mail: Mail): void {
    if (this.#mails.some((kept) => kept.id === mail.id && kept.to === mail.to)) return;
    this.#mails = [mail, ...this.#mails];
    writeFileSync(`${this.#file}.tmp`, JSON.stringify(this.#mails));
    renameSync(`${this.#file}.tmp`, this.#file);
  }

  find(id: string): Mail | undefined {
    return this.#mails.find((mail) => mail.id === id);
  }

  /** @param filter `topic`: part of the topic's name; `since`: ISO time, exclusive */
  list(filter: { readonly topic?: string | undefined; readonly since?: string | undefined } = {}): readonly Mail[] {
    const { topic, since } = filter;
    return this.#mails.filter(
      (mail) =>
        (topic === undefined || mail.topicArn.includes(topic)) && (since === undefined || mail.receivedAt > since),
    );
  }
}

function readMails(file: string): Mail[] {
  return existsSync(file) ? z.array(Mail).parse(JSON.parse(readFileSync(file, 'utf8'))) : [];
}
