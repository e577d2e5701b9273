//! Nothing here: the benchmarks stand in `benches/`.
