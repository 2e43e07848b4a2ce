export interface Commit {
  id: string;
  parent_ids: string[];
  author_name: string;
  author_email: string;
  authored_date: string;
  committer_name: string;
  committer_email: string;
  committed_date: string;
  message: string;
  title: string;
}

/** Reads a commit object: lines of headers, an empty line, the message. */
export function parseCommit(id: string, content: Buffer): Commit {
  const text = decoded(content);
  const end = text.indexOf('\n\n');
  const head = end < 0 ? text : text.slice(0, end);
  const message = end < 0 ? '' : text.slice(end + 2).replace(/\n+$/, '\n');
  const author = personOf(head, 'author');
  const committer = personOf(head, 'committer');
  return {
    id,
    parent_ids: [...head.matchAll(/^parent ([0-9a-f]+)$/gm)].map(([, parent = '']) => parent),
    author_name: author.name,
    author_email: author.email,
    authored_date: author.date,
    committer_name: committer.name,
    committer_email: committer.email,
    committed_date: committer.date,
    message: message.trim() ? message : '',
    title: message.split('\n')[0] ?? '',
  };
}

/** Of an encoding that nobody knows, as much as is UTF-8. */
function decoded(content: Buffer): string {
  const end = content.indexOf('\n\n');
  const head = content.toString('latin1', 0, end < 0 ? content.length : end);
  const encoding = /^encoding (\S+)$/m.exec(head)?.[1];
  try {
    return encoding ? new TextDecoder(encoding).decode(content) : content.toString('utf8');
  } catch {
    return content.toString('utf8');
  }
}

function personOf(head: string, role: 'author' | 'committer') {
  const [, name = '', email = '', seconds = '', zone = ''] =
    new RegExp(`^${role} (.*?) ?<(.*?)> (\\d+) ([+-]\\d{4})$`, 'm').exec(head) ?? [];
  return { name, email, date: seconds ? isoTime(Number(seconds), zone) : '' };
}

const LAST_SECOND = Date.UTC(9999, 11, 31) / 1000;

/** Such as `2026-11-01T11:00:00+01:00`. A time beyond all calendars is the beginning of time, as git has it. */
function isoTime(seconds: number, zone: string): string {
  if (seconds > LAST_SECOND) return isoTime(0, '+0000');
  const [hours, minutes] = [zone.slice(0, 3), zone.slice(3)];
  const ahead = Number(`${zone[0]}1`) * (Math.abs(Number(hours)) * 60 + Number(minutes)) * 60;
  return `${new Date((seconds + ahead) * 1000).toISOString().slice(0, 19)}${hours}:${minutes}`;
}
