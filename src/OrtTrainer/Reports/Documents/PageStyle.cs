namespace OrtTrainer.Reports.Documents;

/// <summary>How a report's page looks beside its charts.</summary>
internal static class PageStyle
{
    /// <summary>Rules that use the colours of <see cref="Charts.ChartStyle"/>.</summary>
    public const string Rules = """
        * { box-sizing: border-box; }
        body {
          margin: 0; background: var(--ground); color: var(--ink);
          font: 16px/1.55 system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif;
        }
        main { max-width: 1160px; margin: 0 auto; padding: 24px 20px 64px; }
        h1 { font-size: 1.7rem; line-height: 1.25; margin: 0 0 12px; overflow-wrap: anywhere; }
        h2 {
          font-size: 1.3rem; line-height: 1.3; margin: 48px 0 8px; padding-top: 12px; border-top: 1px solid var(--grid);
          overflow-wrap: anywhere;
        }
        h3 { font-size: 1.05rem; margin: 28px 0 6px; overflow-wrap: anywhere; }
        p, li { max-width: 75ch; overflow-wrap: anywhere; }
        p { margin: 10px 0; }
        ul { padding-left: 22px; margin: 10px 0; }
        li { margin: 4px 0; }
        a { color: var(--s0); }
        nav { font-size: 0.9rem; }
        nav ul { list-style: none; padding: 0; display: flex; flex-wrap: wrap; gap: 2px 18px; }
        pre { background: var(--panel); padding: 12px 14px; overflow-x: auto; border-radius: 6px; font-size: 0.88rem; }
        .wide { overflow-x: auto; margin: 14px 0; }
        .wide:focus-visible { outline: 2px solid var(--s0); }
        table { border-collapse: collapse; font-size: 0.88rem; line-height: 1.35; min-width: min(100%, 480px); }
        caption { text-align: left; color: var(--faint); padding-bottom: 6px; max-width: 75ch; }
        th, td { padding: 6px 12px 6px 0; border-bottom: 1px solid var(--grid); text-align: left; vertical-align: top; }
        tbody th, thead th:first-child {
          position: sticky; left: 0; background: var(--ground); background-clip: padding-box;
        }
        thead th {
          white-space: nowrap; border-bottom: 1px solid var(--axis); font-weight: 600; vertical-align: bottom;
        }
        tbody th { font-weight: 400; white-space: nowrap; }
        th.n, td.n { text-align: right; font-variant-numeric: tabular-nums; padding: 6px 0 6px 14px; }
        td.n { white-space: nowrap; }
        td.n + td:not(.n), th.n + th:not(.n) { padding-left: 18px; }
        td:not(.n) { max-width: 60ch; overflow-wrap: anywhere; min-width: 19ch; }
        td.k { min-width: 0; white-space: nowrap; }
        tr.shown { font-weight: 600; }
        tr.shown th { font-weight: 600; }
        figure { margin: 18px 0; }
        figure.plots {
          display: grid; grid-template-columns: repeat(auto-fill, minmax(min(330px, 100%), 1fr)); gap: 4px 14px;
        }
        figure.plots details { grid-column: 1 / -1; }
        figure.plots svg { width: 100%; height: auto; }
        figure.plot svg { display: block; width: 100%; height: auto; min-width: 540px; max-width: 720px; }
        summary { cursor: pointer; color: var(--faint); font-size: 0.9rem; }
        @media print {
          .wide { overflow: visible; } nav, summary { display: none; } tr, svg { break-inside: avoid; }
          h2, h3, caption { break-after: avoid; }
        }

        """;
}
