import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { Mail } from './mail.ts';
import { topicName } from './mail.ts';
import { styles } from './styles.ts';

function Page({ title, refresh, children }: { title: string; refresh?: boolean; children: Child }) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <meta name="color-scheme" content="light dark" />
          {refresh === true && <meta http-equiv="refresh" content="10" />}
          <title>{title}</title>
          <style>{raw(styles)}</style>
        </head>
        <body>
          <header>
            <a href="/">Inbox</a>
            <span>what SNS would have mailed</span>
          </header>
          <main>{children}</main>
        </body>
      </html>
    </>
  );
}

export function InboxPage({ mails, now }: { mails: readonly Mail[]; now: Date }) {
  return (
    <Page title={`Inbox (${mails.length})`} refresh>
      <h1>{mails.length === 0 ? 'No mail yet' : mails.length === 1 ? '1 mail' : `${mails.length} mails`}</h1>
      {mails.length === 0 && (
        <p>
          Mails to stewards and to on-call engineers arrive here when a run asks for them. The page looks again every
          ten seconds.
        </p>
      )}
      <ul class="mails">
        {mails.map((mail) => (
          <li>
            <a href={`/mails/${encodeURIComponent(mail.id)}`}>{mail.subject}</a>
            <p class="meta">
              To {mail.to} · <Time at={mail.receivedAt} now={now} />
            </p>
            <p class="preview">{mail.text.split('\n').find((line) => line.trim() !== '') ?? ''}</p>
          </li>
        ))}
      </ul>
    </Page>
  );
}

export function MailPage({ mail, now }: { mail: Mail; now: Date }) {
  return (
    <Page title={mail.subject}>
      <article>
        <h1>{mail.subject}</h1>
        <dl>
          <dt>From</dt>
          <dd>{mail.from}</dd>
          <dt>To</dt>
          <dd>{mail.to}</dd>
          <dt>Date</dt>
          <dd>
            <Time at={mail.receivedAt} now={now} />
          </dd>
        </dl>
        <pre>{linkified(mail.text)}</pre>
        <p class="footer">
          --
          <br />
          You receive this mail because {mail.to} is subscribed to the topic {topicName(mail.topicArn)}.
        </p>
      </article>
      <p>
        <a href="/">All mails</a>
      </p>
    </Page>
  );
}

export function MissingPage() {
  return (
    <Page title="No such mail">
      <h1>No such mail</h1>
      <p>
        It was never received here, or the state was reset. <a href="/">See all mails</a>.
      </p>
    </Page>
  );
}

/** Text with its web addresses as links, the way mail programs show plain text. */
function linkified(text: string) {
  return text
    .split(/(https?:\/\/[^\s<>"]+)/g)
    .map((piece, index) => (index % 2 === 1 ? <a href={piece}>{piece}</a> : piece));
}

function Time({ at, now }: { at: string; now: Date }) {
  const date = new Date(at);
  const words = `${date.toLocaleString('en-GB', { weekday: 'short', day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', timeZone: 'UTC' })} UTC`;
  return (
    <time datetime={at} title={`${words}, ${at}`}>
      {words}, {ago(now.getTime() - date.getTime())}
    </time>
  );
}

function ago(milliseconds: number): string {
  const minutes = Math.floor(milliseconds / 60_000);
  if (minutes < 1) return 'just now';
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.floor(minutes / 60);
  return hours < 48 ? `${hours} h ago` : `${Math.floor(hours / 24)} d ago`;
}
