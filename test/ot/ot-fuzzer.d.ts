// ot-fuzzer brings no types; this is the part of it that is used.

declare module "ot-fuzzer" {
  interface FuzzedType<Doc, Op> {
    readonly name: string;
    create(initial?: Doc): Doc;
    apply(doc: Doc, op: Op): Doc;
    transform(op: Op, over: Op, side: "left" | "right"): Op;
    compose(first: Op, second: Op): Op;
  }
  interface Fuzzer {
    <Doc, Op>(
      type: FuzzedType<Doc, Op>,
      rollOp: (doc: Doc) => [op: Op, after: Doc],
      iterations?: number,
    ): void;
    randomInt(below: number): number;
  }
  const fuzzer: Fuzzer;
  export default fuzzer;
}
