import type { Session, Sessions } from '../ports/sessions.ts';

/** What a form's POST brings along. */
export type PostedForm = {
  origin: string | undefined;
  cookieHeader: string | undefined;
  csrfToken: string | undefined;
};

export type PostCheck =
  | { outcome: 'accepted'; session: Session }
  | { outcome: 'signed-out'; sentence: string }
  | { outcome: 'refused'; session: Session; sentence: string };

/** Whether a POST comes from a signed-in person, from one of our own pages, and from a page that this session was shown. */
export async function checkPost(form: PostedForm, sessions: Sessions, publicUrl: string): Promise<PostCheck> {
  const session = await sessions.find(form.cookieHeader);
  if (session === undefined) {
    return {
      outcome: 'signed-out',
      sentence: 'You are signed out, so nothing was recorded. Sign in, then send the form again.',
    };
  }
  if (form.origin !== new URL(publicUrl).origin) {
    const sentence =
      'The form was sent from another site, so nothing was recorded. Open the page here and send it again.';
    return { outcome: 'refused', session, sentence };
  }
  if (!(await sessions.ownsCsrfToken(session, form.csrfToken))) {
    const sentence =
      'The form belongs to another sign-in, so nothing was recorded. Look at it once more and send it again.';
    return { outcome: 'refused', session, sentence };
  }
  return { outcome: 'accepted', session };
}
