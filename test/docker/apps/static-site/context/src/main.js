import "./style.css";

document.querySelector("#app").textContent = `Built as ${import.meta.env.VITE_NAME ?? "nothing"}`;
