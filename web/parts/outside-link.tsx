import type { Child } from 'hono/jsx';

/** A link to where somebody else says; anything but http(s) is shown as text. */
export function OutsideLink({ href, children }: { href: string | undefined; children?: Child }) {
  if (href === undefined || !/^https?:\/\//i.test(href)) return <>{children}</>;
  return (
    <a href={href} rel="noreferrer">
      {children}
    </a>
  );
}
