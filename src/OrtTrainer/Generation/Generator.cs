using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Models;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.TokenPrediction;
using OrtTrainer.Text;

namespace OrtTrainer.Generation;

/// <summary>
/// A language model that writes texts on: prompts in, what follows them out. Not safe for use from several threads at
/// once.
/// </summary>
public sealed class Generator : IDisposable
{
    private readonly CachedDecoder _decoder;
    private readonly Tokenizer _tokenizer;
    private readonly IReadOnlyList<int> _ends;
    private readonly int _vocabulary;
    private readonly int _positions;
    private readonly long _padId;

    private Generator(
        CachedDecoder decoder, Tokenizer tokenizer, IReadOnlyList<int> ends, ModelShape shape, long padId)
    {
        (_decoder, _tokenizer, _ends, _padId) = (decoder, tokenizer, ends, padId);
        (_vocabulary, _positions) = (shape.Vocabulary, shape.Positions);
    }

    /// <summary>Opens a model folder: config.json, weights and tokenizer.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="execution">Threads; null for the defaults.</param>
    /// <exception cref="RunException">The model is none that writes texts on.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged.</exception>
    /// <exception cref="InvalidDataException">The tokenizer cannot be read.</exception>
    public static Generator Open(string folder, ExecutionOptions? execution = null)
    {
        ModelConfig config = ModelConfig.Load(folder);
        Architecture architecture = Architecture.For(config);
        Tokenizer tokenizer = Tokenizer.Load(folder);
        NextTokenHead head = new(architecture.Shape.Vocabulary);
        using FolderWeights weights = FolderWeights.Read(folder, head);
        GraphSession session = GraphSession.FromBytes(
            PaddedGraph.Build(weights.Architecture, head, weights.Layout, weights.Buffer).ToByteArray(),
            execution ?? new ExecutionOptions(), "decoder");
        return new(
            new CachedDecoder(session, architecture.Shape.Vocabulary), tokenizer,
            GenerationConfig.EndTokens(folder, config, tokenizer), architecture.Shape,
            Architecture.PaddingIdOf(config));
    }

    /// <summary>Writes on behind prompts, several at a time; results are in their order.</summary>
    /// <param name="prompts">The texts.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="RunException">A prompt has no tokens, or as many as the model has positions.</exception>
    public IReadOnlyList<GeneratedText> Generate(
        IReadOnlyList<string> prompts, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        options.Validate();
        int[][] ids = [.. prompts.Select(IdsOf)];
        GeneratedText[] results = new GeneratedText[prompts.Count];
        if (options.Beams > 1)
        {
            for (int text = 0; text < ids.Length; text++)
            {
                results[text] = Search(ids[text], options, cancellation);
            }

            return results;
        }

        // Prompts of like length run together, so that little of a batch is padding.
        foreach (int[] batch in Enumerable.Range(0, ids.Length).OrderBy(text => ids[text].Length)
            .Chunk(options.BatchSize))
        {
            WrittenText[] written = [.. batch.Select(text => new WrittenText(ids[text], _tokenizer, _ends, options))];
            Write(written, batch, options, cancellation);
            foreach ((int text, WrittenText one) in batch.Zip(written))
            {
                results[text] = one.Result();
            }
        }

        return results;
    }

    /// <summary>Writes on behind a prompt, a piece of text at a time, as it is settled.</summary>
    /// <inheritdoc cref="Generate" path="/exception"/>
    public IEnumerable<string> Stream(
        string prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        options.Validate();
        if (options.Beams > 1)
        {
            yield return Search(IdsOf(prompt), options, cancellation).Text;
            yield break;
        }

        WrittenText written = new(IdsOf(prompt), _tokenizer, _ends, options);
        int given = 0;
        foreach (bool _ in Steps([written], [0], options, cancellation))
        {
            int settled = written.SettledLength();
            if (settled > given)
            {
                yield return written.Text[given..settled];
                given = settled;
            }
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _decoder.Dispose();

    private void Write(
        WrittenText[] written, int[] texts, GenerationOptions options, CancellationToken cancellation)
    {
        foreach (bool _ in Steps(written, texts, options, cancellation))
        {
        }
    }

    /// <summary>Adds a token to all texts that go on, until none does.</summary>
    private IEnumerable<bool> Steps(
        WrittenText[] written, int[] texts, GenerationOptions options, CancellationToken cancellation)
    {
        TokenChoice[] choices = [.. texts.Select(text => new TokenChoice(options, text))];
        int[] rows = [.. Enumerable.Range(0, written.Length)];
        float[] logits = _decoder.Start([.. written.Select(text => text.All.ToArray())], _padId).ToArray();
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            List<int> going = [];
            for (int i = 0; i < rows.Length; i++)
            {
                WrittenText text = written[rows[i]];
                Span<float> row = logits.AsSpan(i * _vocabulary, _vocabulary);
                LogitFilters.Always(row, text.All, text.Count, _ends, options);
                text.Add(choices[rows[i]].Next(row), Most(text.PromptLength, options));
                if (text.End is null)
                {
                    going.Add(i);
                }
            }

            yield return true;
            if (going.Count == 0)
            {
                yield break;
            }

            if (going.Count < rows.Length)
            {
                _decoder.Reorder([.. going]);
                rows = [.. going.Select(i => rows[i])];
            }

            logits = _decoder.Next([.. rows.Select(row => written[row].All[^1])]).ToArray();
        }
    }

    private GeneratedText Search(int[] prompt, GenerationOptions options, CancellationToken cancellation)
    {
        int most = Most(prompt.Length, options);
        (int[] ids, bool ended) = new BeamSearch(_decoder, options, _ends, _vocabulary).Run(
            prompt, _padId, most, cancellation);
        WrittenText text = new(prompt, _tokenizer, _ends, options);
        foreach (int id in ids.TakeWhile(_ => text.End is null))
        {
            text.Add(id, most);
        }

        GeneratedText result = text.Result();
        return ended && result.End == GenerationEnd.Length ? result with { End = GenerationEnd.EndToken } : result;
    }

    private int Most(int promptLength, GenerationOptions options) =>
        Math.Min(options.MaxNewTokens, _positions - promptLength);

    private int[] IdsOf(string prompt)
    {
        int[] ids = CompletionTokens.OfPrompt(prompt, _tokenizer);
        if (ids.Length == 0)
        {
            throw new RunException("The prompt is empty and the tokenizer begins texts with no token, so that there is "
                + "nothing to write on from. Give a prompt.");
        }

        return ids.Length < _positions
            ? ids
            : throw new RunException($"The prompt has {ids.Length} tokens; the model has {_positions} positions, of "
                + "which one at least is for what is written. Shorten the prompt.");
    }
}
