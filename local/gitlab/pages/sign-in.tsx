import type { HttpBindings } from '@hono/node-server';
import { type Context, Hono } from 'hono';
import { deleteCookie, getCookie, setCookie } from 'hono/cookie';
import * as z from 'zod';
import type { SignIn } from '../oidc/provider.ts';
import { PROVIDER_COOKIE, SESSION_COOKIE, sessionValue, userOfSession } from '../oidc/session-cookie.ts';
import type { User } from '../rows/users.ts';
import type { World } from '../world.ts';
import { Page } from './layout.tsx';

type Env = { Bindings: HttpBindings };

const Form = z.object({ login: z.string(), redirect_to: z.string().optional() });

function SignInPage({
  users,
  action,
  redirectTo,
  problem,
}: {
  users: User[];
  action: string;
  redirectTo?: string;
  problem?: string;
}) {
  return (
    <Page title="Sign in">
      <h1>Sign in</h1>
      <p>This server runs on one machine for its owner, so there are no passwords: choose who you are.</p>
      {problem ? <p class="failed">{problem}</p> : null}
      <form method="post" action={action}>
        {redirectTo ? <input type="hidden" name="redirect_to" value={redirectTo} /> : null}
        {users.map((user) => (
          <div>
            <button type="submit" name="login" value={user.username}>
              {user.name} <span class="soft">@{user.username}</span>
            </button>
          </div>
        ))}
      </form>
      {users.length === 0 ? <p>There are no users yet. Seed some with POST /api/v4/users.</p> : null}
    </Page>
  );
}

const isLocalPath = (path: string) => /^\/(?![/\\])/.test(path);

/**
 * The sign-in pages. A program signs in by posting the form: `login=<username>` to the address it was redirected to.
 */
export function signInPages(world: World, signIn: SignIn): Hono<Env> {
  const pages = new Hono<Env>();
  const users = () => world.db.users.filter((user) => user.state === 'active');
  const byLogin = (login: string) => users().find((user) => user.username === login || user.email === login);
  const cookie = { path: '/', httpOnly: true, sameSite: 'Lax', secure: world.url.startsWith('https:') } as const;

  /** The provider's own session must not outlive this one, or it would hold on to the former person. */
  const forgetProviderSession = (c: Context) => {
    for (const name of [PROVIDER_COOKIE, `${PROVIDER_COOKIE}.sig`]) deleteCookie(c, name, { path: '/' });
  };

  const finish = async (c: Context<Env>, user: User) => {
    const { incoming, outgoing } = c.env;
    const interaction = await signIn.provider.interactionDetails(incoming, outgoing);
    const accountId = String(user.id);
    if (interaction.session && interaction.session.accountId !== accountId) {
      delete interaction.session;
      await interaction.save(interaction.exp - Math.floor(world.now().getTime() / 1000));
      forgetProviderSession(c);
    }
    return signIn.provider.interactionResult(
      incoming,
      outgoing,
      { login: { accountId } },
      { mergeWithLastSubmission: false },
    );
  };

  pages.get('/users/sign_in', (c) => {
    const redirectTo = c.req.query('redirect_to');
    return c.html(<SignInPage users={users()} action="/users/sign_in" {...(redirectTo ? { redirectTo } : {})} />);
  });

  pages.post('/users/sign_in', async (c) => {
    const form = Form.safeParse(await c.req.parseBody());
    const user = form.success ? byLogin(form.data.login) : undefined;
    if (!user)
      return c.html(
        <SignInPage users={users()} action="/users/sign_in" problem="There is no such user. Choose one of these." />,
        401,
      );
    setCookie(c, SESSION_COOKIE, sessionValue(world, user), cookie);
    const target = form.data?.redirect_to ?? '/';
    return c.redirect(isLocalPath(target) ? target : '/', 303);
  });

  pages.all('/users/sign_out', (c) => {
    deleteCookie(c, SESSION_COOKIE, { path: '/' });
    forgetProviderSession(c);
    return c.redirect('/users/sign_in', 303);
  });

  pages.get('/users/sign_in/:uid', async (c) => {
    const interaction = await signIn.provider.interactionDetails(c.env.incoming, c.env.outgoing).catch(() => undefined);
    if (!interaction) return c.html(<Expired />, 400);
    const user = userOfSession(world, getCookie(c, SESSION_COOKIE));
    const askedAnew = interaction.prompt.reasons.some((reason) => reason === 'login_prompt' || reason === 'max_age');
    if (user && !askedAnew) return c.redirect(await finish(c, user), 303);
    return c.html(<SignInPage users={users()} action={c.req.path} />);
  });

  pages.post('/users/sign_in/:uid', async (c) => {
    const form = Form.safeParse(await c.req.parseBody());
    const user = form.success ? byLogin(form.data.login) : undefined;
    if (!user)
      return c.html(
        <SignInPage users={users()} action={c.req.path} problem="There is no such user. Choose one of these." />,
        401,
      );
    const target = await finish(c, user).catch(() => undefined);
    if (!target) return c.html(<Expired />, 400);
    setCookie(c, SESSION_COOKIE, sessionValue(world, user), cookie);
    return c.redirect(target, 303);
  });

  return pages;
}

function Expired() {
  return (
    <Page title="Sign-in expired">
      <h1>This sign-in has expired</h1>
      <p>Go back to the application and sign in from there again.</p>
    </Page>
  );
}
