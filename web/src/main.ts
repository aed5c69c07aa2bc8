import { mount } from 'svelte';
import './app.css';
import App from './App.svelte';
import { loadLanguage } from './lib/i18n/index.svelte';
import { live } from './lib/live.svelte';
import { here } from './lib/location.svelte';

const target = document.getElementById('app');
if (target) {
  await loadLanguage();
  here.begin();
  live.begin();
  target.replaceChildren();
  mount(App, { target });
}
