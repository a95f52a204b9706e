// As much of `rich-text` (and quill-delta, which it hands out) as `quill.test.ts` uses. It has no types of its own.

declare module "rich-text" {
  type Content = string | { readonly [key: string]: never };
  type Attributes = { readonly [key: string]: string | number | boolean | null };
  export interface Delta {
    readonly ops: readonly {
      readonly insert?: Content;
      readonly delete?: number;
      readonly retain?: number;
      readonly attributes?: Attributes;
    }[];
    insert(content: string | object, attributes?: object): Delta;
    delete(length: number): Delta;
    retain(length: number, attributes?: object): Delta;
    chop(): Delta;
    compose(other: Delta): Delta;
    transform(other: Delta, thisGoesFirst: boolean): Delta;
    transformPosition(position: number, insertsGoBehind: boolean): number;
    invert(base: Delta): Delta;
  }
  const library: { readonly Delta: new () => Delta };
  export default library;
}
