import { raw } from 'hono/html';
import { Layout, type PageFrame } from '../parts/layout.tsx';
import type { Runbook } from '../runbooks.ts';

/** What an alarm leads to. It holds nothing but our own words, so nobody has to sign in before they read what to do. */
export function RunbookPage({ frame, view: { title, html } }: { frame: PageFrame; view: Runbook }) {
  return (
    <Layout {...frame} title={title} crumbs={[{ href: '/', text: 'Models' }]}>
      <article class="prose">
        <h1>{title}</h1>
        {raw(html)}
      </article>
    </Layout>
  );
}
