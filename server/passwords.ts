// Addresses of databases and of Redis hold passwords. Whatever is said to a person or a log goes through here first.

/** The text with the password of every address in it hidden; the rest of each address stays. */
export function hidePasswords(text: string): string {
  return (
    text
      // To the last @ of the address: a password that was not percent-encoded may hold any of the marks before it.
      .replace(/(\b[a-z][a-z\d+.-]*:\/\/[^\s:/@]*):[^\s'"]*@/gi, "$1:***@")
      .replace(/([?&][a-z_]*password=)[^&\s'"]*/gi, "$1***")
  );
}
