import { raw } from 'hono/html';
import type { Child } from 'hono/jsx';
import type { User } from '../rows/users.ts';

const STYLE = `
:root { color-scheme: light dark; --line: light-dark(#dcdcde, #434248); --soft: light-dark(#626168, #a4a3a8); --link: light-dark(#0b5cad, #63a6e9);
  --good: light-dark(#24663b, #52b87a); --bad: light-dark(#ae1800, #f57f6c); --busy: light-dark(#0b5cad, #63a6e9); --card: light-dark(#fbfafd, #24232a); }
body { font: 15px/1.5 system-ui, sans-serif; max-width: 68rem; margin: 0 auto; padding: 1rem; background: light-dark(#fff, #18171d); color: light-dark(#28272d, #ececef); }
a { color: var(--link); } h1 { font-size: 1.4rem; overflow-wrap: anywhere; } h2 { font-size: 1.1rem; }
header { display: flex; gap: 1rem; justify-content: space-between; border-bottom: 1px solid var(--line); padding-bottom: .5rem; flex-wrap: wrap; }
nav { display: flex; gap: 1rem; flex-wrap: wrap; margin: .75rem 0; }
table { border-collapse: collapse; width: 100%; } th, td { text-align: left; padding: .4rem .6rem; border-bottom: 1px solid var(--line); vertical-align: top; overflow-wrap: anywhere; }
th { color: var(--soft); font-weight: 600; } pre { background: var(--card); border: 1px solid var(--line); padding: .75rem; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; }
code { overflow-wrap: anywhere; } .soft { color: var(--soft); } .success { color: var(--good); } .failed, .canceled { color: var(--bad); } .running, .pending { color: var(--busy); }
.status { font-weight: 600; } button { font: inherit; padding: .5rem 1rem; margin: .25rem 0; cursor: pointer; min-width: 16rem; text-align: left; }
label { display: block; } textarea { font: inherit; display: block; width: 100%; box-sizing: border-box; }
@media (max-width: 40rem) { thead { position: absolute; clip-path: inset(50%); } table, tbody, tr { display: block; } tr { border-bottom: 1px solid var(--line); padding: .4rem 0; }
  td { display: inline-block; border: 0; padding: 0 .8rem .2rem 0; } button { min-width: 0; width: 100%; } }
.label { border: 1px solid var(--line); border-radius: 1rem; padding: 0 .6rem; margin-right: .3rem; }
`;

/** The frame of every page. */
export function Page({ title, user, children }: { title: string; user?: User | undefined; children?: Child }) {
  return (
    <>
      {raw('<!doctype html>')}
      <html lang="en">
        <head>
          <meta charset="utf-8" />
          <meta name="viewport" content="width=device-width, initial-scale=1" />
          <title>{title} · GitLab on this machine</title>
          <style>{raw(STYLE)}</style>
        </head>
        <body>
          <header>
            <a href="/">GitLab on this machine</a>
            {user ? (
              <span>
                {user.name} (@{user.username}) · <a href="/users/sign_out">Sign out</a>
              </span>
            ) : (
              <a href="/users/sign_in">Sign in</a>
            )}
          </header>
          <main>{children}</main>
        </body>
      </html>
    </>
  );
}

export function Status({ status }: { status: string }) {
  return <span class={`status ${status}`}>{status}</span>;
}

export function ProjectNavigation({ path }: { path: string }) {
  return (
    <nav aria-label="Project">
      <a href={`/${path}`}>{path}</a>
      <a href={`/${path}/-/commits`}>Commits</a>
      <a href={`/${path}/-/pipelines`}>Pipelines</a>
      <a href={`/${path}/-/issues`}>Issues</a>
      <a href={`/${path}/-/merge_requests`}>Merge requests</a>
      <a href={`/${path}/-/environments`}>Environments</a>
    </nav>
  );
}

/** `2026-11-01 10:00:00 UTC`, readable and unambiguous. */
export function Time({ at }: { at: string | null }) {
  if (!at) return <span class="soft">–</span>;
  return <time datetime={at}>{new Date(at).toISOString().replace('T', ' ').slice(0, 19)} UTC</time>;
}
