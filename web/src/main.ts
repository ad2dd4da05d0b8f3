import "./styles.css";

import { mount } from "svelte";

import App from "./App.svelte";
import { useLanguage } from "./lib/t";
import { useTheme } from "./lib/theme.svelte";

useLanguage();
useTheme();

const target = document.getElementById("app");
if (!target) throw new Error("index.html has no #app");

mount(App, { target });
