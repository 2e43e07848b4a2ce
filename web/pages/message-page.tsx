import { Layout, type PageFrame } from '../parts/layout.tsx';

export type MessageView = {
  title: string;
  sentence: string;
  /** What to do next. */
  link?: { href: string; text: string };
};

/** A page that says one thing, and what to do about it. */
export function MessagePage({ frame, view: { title, sentence, link } }: { frame: PageFrame; view: MessageView }) {
  return (
    <Layout {...frame} title={title}>
      <div class="verdict">
        <h1>{title}</h1>
        <p>{sentence}</p>
        {link && (
          <p>
            <a href={link.href}>{link.text}</a>
          </p>
        )}
      </div>
    </Layout>
  );
}

/** The same words whether there is no such thing or the person may not know of it. */
export const NOT_FOUND: MessageView = {
  title: 'There is nothing here for you',
  sentence:
    "Either the address is wrong, or you are no member of the model's project or of the groups that look after it. Check the link, or ask the owner of the group in GitLab to add you.",
  link: { href: '/', text: 'To the models that you may see' },
};

export const BROKEN: MessageView = {
  title: 'The page could not be made',
  sentence:
    'Something that it needs did not answer as agreed. Nothing was changed. Load it again in a minute; if it stays so, tell on-call.',
  link: { href: '/', text: 'To the models' },
};

export const UNAVAILABLE: MessageView = {
  title: 'GitLab or AWS does not answer',
  sentence: 'Nothing was changed. Load the page again in a minute.',
  link: { href: '/', text: 'To the models' },
};
