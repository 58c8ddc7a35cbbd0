//! Kernels by their names: announced, then compiled.

use super::Source;
use std::{collections::HashMap, sync::Arc};

/// The kernels of a device.
#[derive(Debug)]
pub struct Book<K> {
    announced: HashMap<String, Arc<Source>>,
    ready: HashMap<String, K>,
    modules: usize,
}

impl<K> Default for Book<K> {
    fn default() -> Self {
        Self { announced: HashMap::new(), ready: HashMap::new(), modules: 0 }
    }
}

impl<K: Clone> Book<K> {
    /// Notes a kernel that will be wanted.
    pub fn announce(&mut self, source: &Arc<Source>) {
        if !self.ready.contains_key(&source.name) {
            self.announced.insert(source.name.clone(), source.clone());
        }
    }

    /// A kernel. Where it is not ready, `compile` makes those of all that were announced: of the n-th such module.
    ///
    /// # Errors
    /// When `compile` fails, or the kernel was not announced.
    pub fn kernel(
        &mut self,
        source: &Source,
        compile: impl FnOnce(&[Arc<Source>], usize) -> candle_core::Result<Vec<K>>,
    ) -> candle_core::Result<K> {
        if !self.ready.contains_key(&source.name) {
            let mut sources: Vec<_> = self.announced.values().cloned().collect();
            sources.sort_unstable_by(|a, b| a.name.cmp(&b.name));
            let kernels = compile(&sources, self.modules)?;
            self.modules += 1;
            self.announced.clear();
            self.ready.extend(sources.iter().map(|s| s.name.clone()).zip(kernels));
        }
        let missing = || candle_core::Error::Msg(format!("{} was not announced", source.name));
        self.ready.get(&source.name).cloned().ok_or_else(missing)
    }

    /// How many kernels are ready, in how many modules.
    pub fn counts(&self) -> (usize, usize) {
        (self.ready.len(), self.modules)
    }
}
