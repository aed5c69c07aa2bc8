//! Reading one number out of the Prometheus text format.

/// The sum of all series, of whatever name, that are counted under this reason.
pub fn refused(text: &str, reason: &str) -> f64 {
    let label = format!("reason=\"{reason}\"");
    let series = text.lines().filter(|line| !line.starts_with('#') && line.contains(&label));
    series.filter_map(|line| line.rsplit_once(' ')?.1.parse::<f64>().ok()).sum()
}

/// The sum of all series of `name` that carry all of `labels`; 0 where there is none.
pub fn value(text: &str, name: &str, labels: &[(&str, &str)]) -> f64 {
    let series = text.lines().filter(|line| !line.starts_with('#'));
    series
        .filter_map(|line| {
            let (series, number) = line.rsplit_once(' ')?;
            let (found, rest) = series.split_once('{').unwrap_or((series, ""));
            let has = |(key, value): &(&str, &str)| rest.contains(&format!("{key}=\"{value}\""));
            (found == name && labels.iter().all(has)).then(|| number.parse::<f64>().ok())?
        })
        .sum()
}

#[cfg(test)]
mod tests {
    use super::value;

    #[test]
    #[allow(clippy::float_cmp, reason = "small whole numbers are exact")]
    fn series_are_summed_over_the_labels_not_named() {
        let text =
            "# TYPE a counter\na_total{x=\"1\",y=\"2\"} 3\na_total{x=\"1\",y=\"3\"} 4\nb 5\n";
        assert_eq!(value(text, "a_total", &[("x", "1")]), 7.0);
        assert_eq!(value(text, "a_total", &[("x", "1"), ("y", "3")]), 4.0);
        assert_eq!(value(text, "b", &[]), 5.0);
        assert_eq!(value(text, "c", &[]), 0.0);
    }
}
