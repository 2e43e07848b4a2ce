/** The mark of the header, for the browser's tab. */
export const icon =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 22 22"><path d="M3 17h5v-5h5V7h6" fill="none" stroke="#5b7fe0" stroke-width="2.5" stroke-linejoin="round"/><circle cx="18" cy="5" r="3" fill="#5b7fe0"/></svg>';
