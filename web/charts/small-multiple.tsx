import type { Child } from 'hono/jsx';

/** One picture among others of the same scale: its name and newest value above it. */
export function SmallMultiple({
  name,
  value,
  isBad,
  children,
}: {
  name: Child;
  value: string;
  isBad: boolean;
  children: Child;
}) {
  return (
    <li>
      <p class="multiple-name">
        <span>{name}</span>
        <span class={isBad ? 'num bad' : 'num'}>
          {isBad && <span aria-hidden="true">▲ </span>}
          {value}
          {isBad && <span class="hidden"> beyond its threshold</span>}
        </span>
      </p>
      {children}
    </li>
  );
}
