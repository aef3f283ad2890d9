namespace OrtTrainer.Diagnosis;

/// <summary>
/// Finds texts that are nearly the same: MinHash signatures of their shingles (Broder 1997), hashed in bands so that
/// like ones meet (locality-sensitive hashing), and every pair that meets measured exactly. With 32 bands of 4 hashes
/// a pair of similarity 0.8 is missed once in 20 million times.
/// </summary>
internal sealed class NearDuplicateSearch
{
    /// <summary>The least similarity unless told otherwise.</summary>
    public const double DefaultThreshold = 0.8;

    private const int Bands = 32;
    private const int HashesPerBand = 4;

    // Texts of one band that a further one is measured against; the nearest in the file.
    private const int MostMeasured = 64;

    private readonly IReadOnlyList<string> _texts;
    private readonly ulong[][] _shingles;

    /// <param name="texts">The texts, N of them.</param>
    public NearDuplicateSearch(IReadOnlyList<string> texts)
    {
        _texts = texts;
        _shingles = [.. texts.Select(TextShingles.Of)];
    }

    /// <summary>How many pairs that met were not measured, because very many texts are alike.</summary>
    public long Unmeasured { get; private set; }

    /// <summary>All pairs found, in the order of the second text. Texts without a word are left out.</summary>
    /// <param name="threshold">The least Jaccard similarity, above 0.</param>
    /// <param name="cancellation">Stops between texts.</param>
    public IReadOnlyList<NearDuplicate> Find(double threshold, CancellationToken cancellation = default)
    {
        ulong[] seeds = Seeds();
        var bands = new Dictionary<ulong, List<int>>[Bands];
        for (int band = 0; band < Bands; band++)
        {
            bands[band] = [];
        }

        List<NearDuplicate> found = [];
        ulong[] signature = new ulong[seeds.Length];
        for (int text = 0; text < _texts.Count; text++)
        {
            cancellation.ThrowIfCancellationRequested();
            if (string.IsNullOrWhiteSpace(_texts[text]))
            {
                continue;
            }

            Sign(_shingles[text], seeds, signature);
            HashSet<int> met = [];
            for (int band = 0; band < Bands; band++)
            {
                Meet(bands[band], KeyOf(signature, band), text, met);
            }

            foreach (int earlier in met.Order())
            {
                double similarity = TextShingles.Jaccard(_shingles[earlier], _shingles[text]);
                if (similarity >= threshold)
                {
                    found.Add(new NearDuplicate(earlier, text, similarity));
                }
            }
        }

        return found;
    }

    private void Meet(Dictionary<ulong, List<int>> band, ulong key, int text, HashSet<int> met)
    {
        if (!band.TryGetValue(key, out List<int>? members))
        {
            band[key] = members = [];
        }

        int first = Math.Max(0, members.Count - MostMeasured);
        Unmeasured += first;
        for (int i = first; i < members.Count; i++)
        {
            met.Add(members[i]);
        }

        members.Add(text);
    }

    private static void Sign(ulong[] shingles, ulong[] seeds, ulong[] signature)
    {
        Array.Fill(signature, ulong.MaxValue);
        foreach (ulong shingle in shingles)
        {
            for (int i = 0; i < seeds.Length; i++)
            {
                ulong mixed = Mixed(shingle ^ seeds[i]);
                signature[i] = mixed < signature[i] ? mixed : signature[i];
            }
        }
    }

    private static ulong KeyOf(ulong[] signature, int band)
    {
        ulong key = (ulong)band;
        for (int i = band * HashesPerBand; i < (band + 1) * HashesPerBand; i++)
        {
            key = Mixed(key ^ signature[i]);
        }

        return key;
    }

    private static ulong[] Seeds()
    {
        ulong[] seeds = new ulong[Bands * HashesPerBand];
        for (int i = 0; i < seeds.Length; i++)
        {
            seeds[i] = Mixed((ulong)(i + 1) * 0x9E3779B97F4A7C15);
        }

        return seeds;
    }

    // The finalizer of SplitMix64.
    private static ulong Mixed(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }
}
