// Tells the server this browser's time zone, once, so that days and hours are the caregiver's own.
"use strict";

const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
const told = () => document.cookie.split("; ").includes(`zone=${zone}`);

if (zone && !told()) {
  const secure = location.protocol === "https:" ? "; Secure" : "";
  document.cookie = `zone=${zone}; Path=/journal; Max-Age=31536000; SameSite=Strict${secure}`;
  // A browser that keeps no cookie would be sent round in a circle.
  if (told()) location.reload();
}
