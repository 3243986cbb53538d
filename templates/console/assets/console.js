import { startActions } from './actions.js';
import { startComposers } from './composer.js';
import { startLive } from './live.js';
import { startTicking } from './ticks.js';

document.documentElement.classList.add('has-script');
startActions();
startComposers();
startTicking();
startLive();
