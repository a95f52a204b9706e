// Style sheets are imported for what they do to the page, or as their text; Vite bundles them.
declare module "*.css";
declare module "*.css?inline" {
  const text: string;
  export default text;
}
