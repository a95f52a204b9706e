// How Markdown is read. Apart from what reads it, whose types bring those of the library.

export interface MarkdownOptions {
  /**
   * Whether a line feed within a paragraph stays one, as people mean it in what they paste. By default it is only where
   * the file was wrapped, as CommonMark has it.
   */
  readonly keepLines?: boolean;
}
