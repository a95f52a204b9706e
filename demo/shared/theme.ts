// Light and dark: the system's choice until somebody chooses otherwise on this device.

const KEY = "interline:theme";
type Theme = "light" | "dark";

const isTheme = (value: unknown): value is Theme => value === "light" || value === "dark";

function chosen(): Theme | undefined {
  try {
    const value = localStorage.getItem(KEY);
    return isTheme(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

export function currentTheme(): Theme {
  return chosen() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

/** Shows the chosen theme; the style sheets follow the system's where there is none. */
export function applyTheme(): void {
  const theme = chosen();
  if (theme === undefined) delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

export function toggleTheme(): void {
  try {
    localStorage.setItem(KEY, currentTheme() === "dark" ? "light" : "dark");
  } catch {
    return;
  }
  applyTheme();
}
