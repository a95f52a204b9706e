// Style sheets are imported for what they do to the page; Vite bundles them.
declare module "*.css";
