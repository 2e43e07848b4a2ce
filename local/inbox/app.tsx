import { Hono } from 'hono';
import { type Mail, mailOf, SnsDelivery } from './mail.ts';
import type { MailStore } from './mail-store.ts';
import { InboxPage, MailPage, MissingPage } from './pages.tsx';

export interface InboxDependencies {
  readonly mails: MailStore;
  /** Address of the local AWS: subscriptions are confirmed there and nowhere else. */
  readonly awsUrl: URL;
  /** Confirms so that only the account can end the subscription; throws what the local AWS refuses. */
  readonly confirm: (subscription: { readonly topicArn: string; readonly token: string }) => Promise<void>;
  readonly now: () => Date;
}

const maxDeliveryBytes = 512 * 1024; // SNS allows 256 KiB; JSON escapes may double it.

/**
 * `POST /sns?to=<recipient>` takes what SNS delivers; `/` and `/mails/<id>` show the mails, `/api/mails?topic=&since=` lists
 * them as JSON, newest first.
 */
export function inboxApp({ mails, awsUrl, confirm, now }: InboxDependencies): Hono {
  const app = new Hono();
  app.use('*', async (context, next) => {
    await next();
    context.header(
      'Content-Security-Policy',
      "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    context.header('X-Content-Type-Options', 'nosniff');
    context.header('Referrer-Policy', 'no-referrer');
    context.header('Cache-Control', 'no-store');
  });
  app.get('/_local/health', (context) => context.text('ok\n'));
  app.post('/sns', async (context) => {
    const text = await context.req.text();
    if (text.length > maxDeliveryBytes) return context.text('The delivery is larger than SNS allows.\n', 413);
    const delivery = parseDelivery(text);
    if (delivery === undefined) return context.text('This is no delivery of SNS: POST its JSON document here.\n', 400);
    if (delivery.Type === 'Notification') {
      mails.keep(mailOf(delivery, context.req.query('to') ?? 'everyone', now().toISOString()));
      return context.body(null, 204);
    }
    if (delivery.Type === 'UnsubscribeConfirmation') return context.body(null, 204);
    if (!isLocal(delivery.SubscribeURL, awsUrl))
      return context.text('The subscription is of another AWS than the local one and was not confirmed.\n', 403);
    try {
      await confirm({ topicArn: delivery.TopicArn, token: delivery.Token });
    } catch (error) {
      return context.text(`The local AWS refused the confirmation: ${String(error)}\n`, 502);
    }
    return context.body(null, 204);
  });
  app.get('/api/mails', (context) => {
    const { topic, since } = context.req.query();
    return context.json(mails.list({ topic, since }).map((mail) => withLinks(mail)));
  });
  app.get('/', (context) => context.html(<InboxPage mails={mails.list()} now={now()} />));
  app.get('/mails/:id', (context) => {
    const mail = mails.find(context.req.param('id'));
    return mail === undefined ? context.html(<MissingPage />, 404) : context.html(<MailPage mail={mail} now={now()} />);
  });
  app.notFound((context) => context.html(<MissingPage />, 404));
  return app;
}

const withLinks = (mail: Mail): Mail & { links: string[] } => ({
  ...mail,
  links: mail.text.match(/https?:\/\/[^\s<>"]+/g) ?? [],
});

function parseDelivery(text: string): SnsDelivery | undefined {
  try {
    return SnsDelivery.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** The emulator writes its own host name into the URL: the port decides. */
function isLocal(subscribeUrl: string, awsUrl: URL): boolean {
  const url = new URL(subscribeUrl);
  return ['127.0.0.1', 'localhost', awsUrl.hostname].includes(url.hostname) && url.port === awsUrl.port;
}
