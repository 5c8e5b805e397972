/** Laws are tried on the same cases in every run, so that a failure is of the change at hand. Fuzzing looks further. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_090_410 });
