namespace OrtTrainer.Reports.Charts;

/// <summary>
/// Colours and type of the charts, light and dark by the reader's setting. The series' colours are Okabe and Ito's
/// palette for all kinds of colour vision ("Color Universal Design", 2008), its light ones darkened on white and its
/// dark ones lightened on black until they stand out from the ground.
/// </summary>
internal static class ChartStyle
{
    /// <summary>Rules for a page with charts in it.</summary>
    public const string Page = """
        :root {
          color-scheme: light dark;
          --ground: #ffffff; --ink: #1b1f24; --faint: #59636e; --grid: #e3e6ea; --axis: #8a939d; --panel: #f6f8fa;
          --s0: #0068a8; --s1: #c24e00; --s2: #007a58; --s3: #a8477f; --s4: #8f6400; --s5: #1f83bd; --s6: #4d4d4d;
          --s7: #7a3fb0;
        }
        @media (prefers-color-scheme: dark) {
          :root {
            --ground: #14171b; --ink: #e8eaed; --faint: #a3acb6; --grid: #2b3138; --axis: #707a85; --panel: #1d2126;
            --s0: #5aaeea; --s1: #f08a4b; --s2: #3cc79c; --s3: #e08fc0; --s4: #e6b13c; --s5: #8fd0f5; --s6: #c4c9cf;
            --s7: #bb95ea;
          }
        }
        .chart { font-family: system-ui, "Segoe UI", Roboto, "Helvetica Neue", Arial, sans-serif; font-size: 12px; }
        .chart text { fill: var(--ink); }
        .chart .title { font-size: 13px; font-weight: 600; }
        .chart .small { fill: var(--faint); font-size: 11px; }
        .chart .group { font-weight: 600; }
        .chart .numbers, .chart .tick { font-variant-numeric: tabular-nums; }
        .chart .grid { stroke: var(--grid); stroke-width: 1; }
        .chart .axis { stroke: var(--axis); stroke-width: 1; }
        .chart .zero { stroke: var(--ink); stroke-width: 1; stroke-dasharray: 4 3; }
        .chart .line { fill: none; stroke: var(--c); stroke-width: 2; stroke-linejoin: round; }
        .chart .dashed { stroke-dasharray: 6 4; }
        .chart .muted { opacity: 0.55; }
        .chart .band { fill: var(--c); opacity: 0.16; stroke: none; }
        .chart .box { fill: var(--c); fill-opacity: 0.14; stroke: var(--c); stroke-width: 1; }
        .chart .thin { stroke: var(--c); stroke-width: 1; }
        .chart .median { stroke: var(--c); stroke-width: 2; }
        .chart .spread { fill: none; stroke: var(--ink); stroke-width: 1.25; }
        .chart .mean { fill: var(--ink); }
        .chart .strip { fill: var(--panel); }
        .chart .mark { fill: var(--c); stroke: var(--ground); stroke-width: 0.75; }
        .chart .hollow { fill: var(--ground); stroke: var(--c); stroke-width: 1.75; }
        .chart .dot { fill: var(--c); fill-opacity: 0.5; }
        .chart .bar { fill: var(--c); fill-opacity: 0.45; stroke: var(--c); stroke-width: 1; }
        .chart .heat { fill: var(--c); stroke: var(--grid); stroke-width: 1; }
        .chart .count { font-variant-numeric: tabular-nums; }
        .chart .h0 { fill-opacity: 0; } .chart .h1 { fill-opacity: 0.1; } .chart .h2 { fill-opacity: 0.16; }
        .chart .h3 { fill-opacity: 0.22; } .chart .h4 { fill-opacity: 0.28; } .chart .h5 { fill-opacity: 0.34; }
        .chart .h6 { fill-opacity: 0.4; } .chart .h7 { fill-opacity: 0.46; } .chart .h8 { fill-opacity: 0.52; }
        .chart .s0 { --c: var(--s0); } .chart .s1 { --c: var(--s1); } .chart .s2 { --c: var(--s2); }
        .chart .s3 { --c: var(--s3); } .chart .s4 { --c: var(--s4); } .chart .s5 { --c: var(--s5); }
        .chart .s6 { --c: var(--s6); } .chart .s7 { --c: var(--s7); }

        """;

    /// <summary>Rules for a chart that is a file of its own: the page's, and a ground to stand on.</summary>
    public const string File = $"{Page}svg.chart {{ background: var(--ground); }}\n";
}
