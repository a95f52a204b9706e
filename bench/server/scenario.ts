// What a scenario is given and what it tells: rows of figures, each of one system at one load. What they are written to is
// not its business.

import type { System } from "./system.js";

/** What can be asked for on the command line; a scenario has its own for what is not. */
export interface Given {
  readonly clients?: number;
  readonly writers?: number;
  /** Keystrokes a second of each writer. */
  readonly rate?: number;
  readonly seconds?: number;
  /** Characters of a document. */
  readonly sizes?: readonly number[];
  /** Edits behind a document. */
  readonly edits?: readonly number[];
  readonly documents?: number;
  /** Also what takes minutes. */
  readonly all: boolean;
}

/** By what is measured, its unit in the name: `p50, ms`. */
export type Figures = Readonly<Record<string, number>>;

export interface Outcome {
  readonly figures: Figures;
  /** What went wrong: then the figures are not to be believed. */
  readonly wrong?: string;
}

export interface Row extends Outcome {
  readonly scenario: string;
  /** The load: the same text for every system under it. */
  readonly load: string;
  readonly system: string;
}

export interface Context {
  readonly systems: readonly System[];
  readonly given: Given;
  row(row: Omit<Row, "scenario">): void;
  /** One sentence on what was not measured, and how it would be. */
  leftOut(sentence: string): void;
}

export interface Scenario {
  readonly name: string;
  /** What is measured, and how figures are to be read, in a sentence or two. */
  readonly about: string;
  run(context: Context): Promise<void>;
}

/**
 * Each load with each system, the systems after each other under one load, so that what else the machine does hits all
 * alike. What fails is a row that says so, and the next one runs.
 */
export async function eachSystem<Load>(
  context: Context,
  loads: readonly Load[],
  describe: (load: Load) => string,
  measure: (system: System, load: Load) => Promise<Outcome>,
): Promise<void> {
  for (const load of loads) {
    for (const system of context.systems) {
      const named = { load: describe(load), system: system.name };
      try {
        context.row({ ...named, ...(await measure(system, load)) });
      } catch (error) {
        context.row({ ...named, figures: {}, wrong: error instanceof Error ? error.message : String(error) });
      }
    }
  }
}
