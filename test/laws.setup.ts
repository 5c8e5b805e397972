/** Laws are tried on the same cases in every run: a run says something about the change it is made for. Fuzzing looks further. */
import fc from 'fast-check';

fc.configureGlobal({ seed: 20_090_410 });
