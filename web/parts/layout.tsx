import type { Child } from 'hono/jsx';
import { formatTime } from '../../shared/domain/format-time.ts';
import type { GitlabUser } from '../../shared/domain/run.ts';
import { stylesheetPath } from '../stylesheet.ts';

/** Who looks, and with which token their forms come back. */
export type Viewer = { user: GitlabUser; csrfToken: string };

/** What every page knows. */
export type PageFrame = { stage: string; now: string; viewer?: Viewer };

type LayoutProps = PageFrame & {
  title: string;
  /** The way up, outermost first. */
  crumbs?: readonly { href: string; text: string }[];
  children?: Child;
};

export function Layout({ title, stage, now, viewer, crumbs = [], children }: LayoutProps) {
  return (
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <title>{`${title} · MLOps`}</title>
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <link rel="icon" href="/icon.svg" />
        <link rel="stylesheet" href={stylesheetPath} />
      </head>
      <body>
        <a class="skip" href="#main">
          Skip to the page
        </a>
        <header class="top">
          <div>
            <a class="brand" href="/">
              <BrandMark />
              MLOps at Scale
            </a>
            <span class="stage">
              <span class="hidden">Stage </span>
              {stage}
            </span>
            {viewer && <SignedIn viewer={viewer} />}
          </div>
        </header>
        <main id="main">
          {crumbs.length > 0 && (
            <nav class="crumbs" aria-label="You are here">
              <ol>
                {crumbs.map(({ href, text }) => (
                  <li>
                    <a href={href}>{text}</a>
                  </li>
                ))}
              </ol>
            </nav>
          )}
          {children}
        </main>
        <footer class="foot">
          <div>
            <p>
              As of <time datetime={now}>{formatTime(now)}</time>. All times are UTC.
            </p>
          </div>
        </footer>
      </body>
    </html>
  );
}

function SignedIn({ viewer }: { viewer: Viewer }) {
  return (
    <div class="who">
      <span>
        <span class="hidden">Signed in as </span>
        {viewer.user.name} <span class="soft">@{viewer.user.username}</span>
      </span>
      <form method="post" action="/auth/logout">
        <input type="hidden" name="csrf" value={viewer.csrfToken} />
        <button class="quiet" type="submit">
          Sign out
        </button>
      </form>
    </div>
  );
}

/** Three steps, the last one reached. */
function BrandMark() {
  return (
    <svg width="22" height="22" viewBox="0 0 22 22" aria-hidden="true">
      <path d="M3 17h5v-5h5V7h6" fill="none" stroke="currentColor" stroke-width="2.5" stroke-linejoin="round" />
      <circle cx="18" cy="5" r="3" fill="currentColor" />
    </svg>
  );
}
