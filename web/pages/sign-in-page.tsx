import { Layout, type PageFrame } from '../parts/layout.tsx';

export type SignInView = {
  /** Where to come back to: a path on this host. */
  returnTo: string;
  /** Why the person sees this page after they did something. */
  sentence?: string;
  /** What they had typed, to copy. */
  typed?: string;
};

/** All that somebody sees who is signed out: no fact about any model. */
export function SignInPage({ frame, view }: { frame: PageFrame; view: SignInView }) {
  return (
    <Layout {...frame} title="Sign in">
      <div class="verdict">
        <h1>Sign in to go on</h1>
        {view.sentence ? (
          <p>{view.sentence}</p>
        ) : (
          <p>These pages are for members of a model's project and of the groups that look after it.</p>
        )}
        <p>
          <a class="button" href={`/auth/login?returnTo=${encodeURIComponent(view.returnTo)}`}>
            Sign in with GitLab
          </a>
        </p>
      </div>
      {view.typed && (
        <section class="card" aria-labelledby="typed">
          <h2 id="typed">What you had written</h2>
          <blockquote class="quote">
            <bdi>{view.typed}</bdi>
          </blockquote>
        </section>
      )}
    </Layout>
  );
}
