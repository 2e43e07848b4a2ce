import { raw } from 'hono/html';
import { Layout, type PageFrame } from '../parts/layout.tsx';

/** `html` is of our own making: the build rendered it from docs/runbooks. */
export type RunbookView = { title: string; html: string };

/** What an alarm leads to. It holds nothing but our own words, so nobody has to sign in before they read what to do. */
export function RunbookPage({ frame, view: { title, html } }: { frame: PageFrame; view: RunbookView }) {
  return (
    <Layout {...frame} title={title} crumbs={[{ href: '/', text: 'Models' }]}>
      <article class="prose">
        <h1>{title}</h1>
        {raw(html)}
      </article>
    </Layout>
  );
}
