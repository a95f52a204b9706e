// How people are shown: what they are doing, where their names stand, which letters their carets keep to, and colours that
// can be read and told apart.

import { readFileSync } from "node:fs";
import { expect } from "chai";
import { ActivityWatch, AWAY_MS, IDLE_MS } from "../../client/prosemirror/presence/activity.js";
import {
  type CaretBox,
  initials,
  placeLabels,
  snapToLetter,
} from "../../client/prosemirror/presence/labels.js";
import { VirtualClock } from "../world/clock.js";

/** A page that is told what happens on it. */
class Page {
  visibilityState = "visible";
  readonly listeners = new Map<string, Set<() => void>>();
  addEventListener(name: string, run: () => void) {
    this.listeners.set(name, (this.listeners.get(name) ?? new Set()).add(run));
  }
  removeEventListener(name: string, run: () => void) {
    this.listeners.get(name)?.delete(run);
  }
  hears(name: string) {
    for (const run of this.listeners.get(name) ?? []) run();
  }
  show(state: "visible" | "hidden") {
    this.visibilityState = state;
    this.hears("visibilitychange");
  }
}

describe("what somebody is doing", () => {
  function watched() {
    const [page, clock, said] = [new Page(), new VirtualClock(1_000), [] as string[]];
    const watch = new ActivityWatch(page, clock, (doing) => said.push(doing));
    return { page, clock, said, watch };
  }

  it("is nothing after half a minute without input, and something again with the first", () => {
    const { page, clock, said } = watched();
    clock.advance(IDLE_MS - 1);
    page.hears("keydown");
    clock.advance(IDLE_MS - 1);
    expect(said).to.deep.equal([]);
    clock.advance(1);
    page.hears("wheel");
    page.hears("wheel");
    expect(said).to.deep.equal(["idle", "active"]);
  });

  it("is being away two minutes after the page has gone out of sight, and not before", () => {
    const { page, clock, said } = watched();
    page.show("hidden");
    clock.advance(AWAY_MS - 1);
    page.show("visible");
    clock.advance(AWAY_MS);
    page.show("hidden");
    clock.advance(AWAY_MS);
    page.show("visible");
    expect(said).to.deep.equal(["idle", "away", "active"]);
  });

  it("needs no timer while it stays the same, and leaves nothing behind", () => {
    const { page, clock, watch } = watched();
    clock.advance(IDLE_MS);
    expect(clock.step(), "a timer").to.equal(false);
    page.hears("keydown");
    page.show("hidden");
    watch.stop();
    expect(clock.step(), "a timer").to.equal(false);
    expect([...page.listeners.values()].every(({ size }) => size === 0)).to.equal(true);
  });
});

describe("a name beside a caret", () => {
  const box = (more: Partial<CaretBox>): CaretBox => ({
    ...{ src: "a", left: 100, top: 100, height: 20, rightToLeft: false, labelWidth: 60, labelHeight: 16 },
    ...more,
  });
  const place = (...boxes: CaretBox[]) => placeLabels(boxes, 500);

  it("stands where the line goes on, and on the other side where there is no room", () => {
    expect(place(box({}))[0]).to.deep.equal({ flip: false, shift: 0, below: false, short: false });
    expect(place(box({ left: 460 }))[0]!.flip).to.equal(true);
    expect(place(box({ left: 460, rightToLeft: true }))[0]!.flip).to.equal(true);
    expect(place(box({ left: 40, rightToLeft: true }))[0]!.flip).to.equal(false);
  });

  it("is whole where there is not enough room for it on either side", () => {
    const narrow = (more: Partial<CaretBox>) => placeLabels([box({ labelWidth: 190, ...more })], 280)[0]!;
    for (const rightToLeft of [false, true])
      for (let left = 0; left <= 280; left++) {
        const { flip, shift } = narrow({ left, rightToLeft });
        const start = left + shift - (flip ? 190 : 0);
        expect(start, `at ${left}`).to.be.within(0, 90);
        if (left <= 90 && !rightToLeft) expect(shift).to.equal(0);
      }
    expect(narrow({ left: 150 })).to.include({ flip: false, shift: -60 });
    expect(narrow({ left: 150, labelWidth: 300 })).to.include({ flip: false, shift: -150 });
  });

  it("stands under its caret where it would be cut off above", () => {
    expect([place(box({ top: 15 }))[0]!.below, place(box({ top: 16 }))[0]!.below]).to.deep.equal([
      true,
      false,
    ]);
  });

  it("is initials where carets stand close together in a line", () => {
    const near = place(box({}), box({ src: "b", left: 110 }), box({ src: "c", left: 110, top: 140 }));
    expect(near.map(({ short }) => short)).to.deep.equal([true, true, false]);
    expect([initials("Ada Lovelace"), initials("bo"), initials("👻 von Spuk"), initials(" ")]).to.deep.equal([
      "AL",
      "B",
      "👻S",
      "",
    ]);
  });
});

describe("somebody's caret", () => {
  it("is shown before a letter, never inside one", () => {
    const family = "👩‍👩‍👧‍👦";
    const text = `a${family}e\u0301b`;
    const shown = [...text].map((_, at) => snapToLetter(text, at));
    expect(snapToLetter(text, 1 + 2)).to.equal(1);
    expect(snapToLetter(text, 1 + family.length)).to.equal(1 + family.length);
    expect(snapToLetter(text, 1 + family.length + 1)).to.equal(1 + family.length);
    expect(snapToLetter(text, text.length)).to.equal(text.length);
    expect(shown[0]).to.equal(0);
  });
});

describe("the colours of people", () => {
  const css = readFileSync(new URL("../../../client/prosemirror/style.css", import.meta.url), "utf8");
  const hues = [...css.matchAll(/--interline-hue: (\d+);/g)].map(([, hue]) => Number(hue));
  const color = (pattern: RegExp) => {
    const [, lightness, chroma] = pattern.exec(css)!;
    return { lightness: Number(lightness) / 100, chroma: Number(chroma) };
  };
  const light = color(/light-dark\(\s*oklch\((\d+)% ([\d.]+) var/);
  const dark = color(/light-dark\([\s\S]*?oklch[\s\S]*?oklch\((\d+)% ([\d.]+) var/);
  const soft = color(/--interline-person-soft: oklch\((\d+)% ([\d.]+) var/);

  type Rgb = readonly [number, number, number];
  /** Linear light, by the definition of OKLCH (Ottosson, 2020); what a screen cannot show is cut off. */
  function rgb({ lightness, chroma }: typeof light, hue: number): Rgb {
    const [a, b] = [chroma * Math.cos((hue * Math.PI) / 180), chroma * Math.sin((hue * Math.PI) / 180)];
    const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
    const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
    const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
    const clip = (value: number) => Math.min(1, Math.max(0, value));
    return [
      clip(4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s),
      clip(-1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s),
      clip(-0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s),
    ];
  }
  const linear = (hex: string): Rgb => {
    const part = (at: number) => {
      const value = Number.parseInt(hex.slice(at, at + 2), 16) / 255;
      return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
    };
    return [part(1), part(3), part(5)];
  };
  const gamma = (value: number) => (value <= 0.0031308 ? 12.92 * value : 1.055 * value ** (1 / 2.4) - 0.055);
  const inverse = (value: number) => (value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  const over = (top: Rgb, under: Rgb, alpha: number) =>
    top.map((value, at) => inverse(alpha * gamma(value) + (1 - alpha) * gamma(under[at]!))) as unknown as Rgb;
  const luminance = ([r, g, b]: Rgb) => 0.2126 * r + 0.7152 * g + 0.0722 * b;
  const contrast = (one: Rgb, other: Rgb) => {
    const [x, y] = [luminance(one), luminance(other)].sort((a, b) => b - a);
    return (x! + 0.05) / (y! + 0.05);
  };

  // The demo's sheets and inks, and the inks of labels.
  for (const { theme, person, sheet, ink, label } of [
    { theme: "light", person: light, sheet: "#ffffff", ink: "#22261f", label: "#ffffff" },
    { theme: "dark", person: dark, sheet: "#1f221e", ink: "#e6e4dc", label: "#14170f" },
  ]) {
    it(`can be read in the ${theme} theme: names, text under selections, and carets`, () => {
      for (const hue of hues) {
        const strong = rgb(person, hue);
        expect(contrast(strong, linear(label)), `name, ${hue}`).to.be.at.least(4.5);
        expect(contrast(strong, linear(sheet)), `caret, ${hue}`).to.be.at.least(3);
        const under = over(rgb(soft, hue), linear(sheet), 0.26);
        expect(contrast(under, linear(ink)), `selected text, ${hue}`).to.be.at.least(4.5);
      }
    });
  }

  it("are a dozen that can be told apart", () => {
    expect(hues.length).to.equal(12);
    for (const { chroma } of [light, dark]) {
      for (const [at, one] of hues.entries())
        for (const other of hues.slice(at + 1)) {
          // At one lightness and chroma the distance in OKLab is that between two points of a circle; 0.02 can just be seen.
          const distance = 2 * chroma * Math.abs(Math.sin(((one - other) * Math.PI) / 360));
          expect(distance, `${one} and ${other}`).to.be.at.least(0.04);
        }
    }
  });

  it("are the same in selections that are painted without elements", () => {
    const painted = [
      ...css.matchAll(
        /::highlight\(interline-selection-(\d+)\) \{\s*background-color: oklch\((\d+)% ([\d.]+) (\d+) \/ 26%\)/g,
      ),
    ];
    expect(painted.map(([, , , , hue]) => Number(hue))).to.deep.equal(hues);
    expect(
      painted.every(([, , l, c]) => Number(l) / 100 === soft.lightness && Number(c) === soft.chroma),
    ).to.equal(true);
  });
});
