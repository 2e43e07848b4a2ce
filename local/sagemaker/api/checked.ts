/**
 * A request or record of the SDK's types, of which it is known that the required members are there: the SDK types them
 * `| undefined`, the service model has checked them. Members that may be left out stay optional.
 */
export type Checked<T> = T extends Date | Uint8Array | string | number | boolean | undefined | null
  ? T
  : T extends (infer Item)[]
    ? Checked<Item>[]
    : T extends object
      ? { [Key in keyof T]: Member<T, Key> }
      : T;

type Member<T, Key extends keyof T> = string extends Key
  ? Checked<T[Key]>
  : Record<never, never> extends Pick<T, Key>
    ? Checked<T[Key]> | undefined
    : Exclude<Checked<T[Key]>, undefined>;

/** The SDK fills the token in by itself and so types it as optional; on the wire it is required. */
export type CheckedWithToken<T> = Checked<T> & { ClientRequestToken: string };
