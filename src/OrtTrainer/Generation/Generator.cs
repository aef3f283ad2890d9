using Google.Protobuf;
using OrtTrainer.Checkpoints;
using OrtTrainer.Common;
using OrtTrainer.Data;
using OrtTrainer.Graph;
using OrtTrainer.Models;
using OrtTrainer.Models.Backbones;
using OrtTrainer.Prediction;
using OrtTrainer.Runtime;
using OrtTrainer.Tasks.CausalLanguageModel;
using OrtTrainer.Tasks.Seq2Seq;
using OrtTrainer.Text;

namespace OrtTrainer.Generation;

/// <summary>
/// A model that writes: prompts in, what follows them out; or of an encoder with a decoder, sources in, what is made of
/// them out. Not safe for use from several threads at once.
/// </summary>
public sealed partial class Generator : IDisposable
{
    private readonly CachedDecoder _decoder;
    private readonly Tokenizer _tokenizer;
    private readonly GenerationRules _rules;
    private readonly int _vocabulary;
    private readonly int _positions;
    private readonly long _padId;

    // Of an encoder with a decoder: what the latter begins with, and the most tokens of the former.
    private readonly (int Start, int SourceLimit)? _beside;

    private Generator(CachedDecoder decoder, ModelShape shape, GenerationFiles files)
    {
        (_decoder, _tokenizer, _rules, _padId, _beside) =
            (decoder, files.Tokenizer, files.Rules, files.PadId, files.Beside);
        (_vocabulary, _positions) = (shape.Vocabulary, shape.Positions);
        _chatRules = new(ChatRules);
    }

    /// <summary>Opens a model folder: config.json, weights and tokenizer.</summary>
    /// <param name="folder">The folder.</param>
    /// <param name="execution">Threads; null for the defaults.</param>
    /// <param name="precision">What the operands of linear layers are rounded to; a model with an encoder runs in
    /// float32 alone.</param>
    /// <param name="adapter">A folder with low-rank adapters (LoRA) as PEFT keeps them, which are added to the model's
    /// weights; null for none.</param>
    /// <exception cref="ArgumentException">The processor has no products of the precision.</exception>
    /// <exception cref="RunException">The model is none that writes, or its generation_config.json asks for what is not
    /// supported; or it has an encoder and another precision than float32 is asked for.</exception>
    /// <exception cref="CheckpointException">A file is missing or damaged, or the adapter is of another
    /// model.</exception>
    /// <exception cref="InvalidDataException">The tokenizer cannot be read.</exception>
    public static Generator Open(
        string folder, ExecutionOptions? execution = null, Precision precision = Precision.Fp32,
        string? adapter = null) =>
        Open(folder, execution, maxLength: null, precision, adapter);

    /// <param name="folder">The folder.</param>
    /// <param name="execution">Threads; null for the defaults.</param>
    /// <param name="maxLength">The most tokens of a source that an encoder reads; null for the tokenizer's
    /// limit.</param>
    /// <param name="precision">What the operands of linear layers are rounded to.</param>
    /// <param name="adapter">A folder with adapters; null for none.</param>
    /// <inheritdoc cref="Open(string, ExecutionOptions, Precision, string)"/>
    internal static Generator Open(
        string folder, ExecutionOptions? execution, int? maxLength, Precision precision = Precision.Fp32,
        string? adapter = null)
    {
        ModelConfig config = ModelConfig.Load(folder);
        Architecture architecture = Architecture.For(config);
        if (!architecture.HasCache)
        {
            throw new RunException($"{folder}: the model was imported from an ONNX file, and texts are not " +
                "written on with such models. Use the model's own folder, of config.json and weights as published.");
        }

        ModelShape shape = architecture.Shape;
        GenerationFiles files = GenerationFiles.Read(folder, config, shape, maxLength);
        execution ??= new ExecutionOptions();
        if (files.Beside is not { } beside)
        {
            return new(OpenDecoder(folder, shape, execution, precision, adapter), shape, files);
        }

        return precision == Precision.Fp32
            ? new(OpenBeside(folder, shape, beside.Start, execution, adapter), shape, files)
            : throw new RunException(
                $"{config.Path}: a model with an encoder writes in fp32 alone. Take precision fp32.");
    }

    /// <summary>The column of prompts, or of sources, where none is named.</summary>
    internal string PromptColumn => _beside is null ? PromptRows.Prompt : Seq2SeqTask.Instance.DefaultColumns.Text;

    /// <summary>Writes on behind prompts, several at a time; results are in their order.</summary>
    /// <param name="prompts">The texts.</param>
    /// <param name="options">How; null for the defaults.</param>
    /// <param name="cancellation">Stops between two tokens.</param>
    /// <exception cref="ArgumentException">An option is out of range.</exception>
    /// <exception cref="RunException">A prompt has no tokens, or as many as the model has positions.</exception>
    public IReadOnlyList<GeneratedText> Generate(
        IReadOnlyList<string> prompts, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Generate([.. prompts.Select(prompt => new Example(prompt))], options, cancellation);

    /// <summary>The same behind prompts and conversations.</summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{string}, GenerationOptions?, CancellationToken)"/>
    internal IReadOnlyList<GeneratedText> Generate(
        IReadOnlyList<Example> prompts, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        options.Validate();
        Question[] questions = [.. prompts.Select(QuestionOf)];
        GeneratedText[] results = new GeneratedText[prompts.Count];
        if (options.Beams > 1)
        {
            for (int text = 0; text < questions.Length; text++)
            {
                results[text] = Search(questions[text], options, cancellation);
            }

            return results;
        }

        // Prompts of like length run together, so that little of a batch is padding.
        foreach (int[] batch in Enumerable.Range(0, questions.Length).OrderBy(text => questions[text].Ids.Length)
            .Chunk(options.BatchSize))
        {
            Question[] some = [.. batch.Select(text => questions[text])];
            WrittenText[] written = [.. some.Select(question => Begun(question, options))];
            Write(some, written, batch, options, cancellation);
            foreach ((int text, WrittenText one) in batch.Zip(written))
            {
                results[text] = one.Result();
            }
        }

        return results;
    }

    /// <summary>Writes on behind a prompt, a piece of text at a time, as it is settled.</summary>
    /// <inheritdoc cref="Generate(IReadOnlyList{string}, GenerationOptions?, CancellationToken)" path="/exception"/>
    public IEnumerable<string> Stream(
        string prompt, GenerationOptions? options = null, CancellationToken cancellation = default) =>
        Stream(new Example(prompt), options, cancellation);

    /// <inheritdoc cref="Stream(string, GenerationOptions?, CancellationToken)"/>
    internal IEnumerable<string> Stream(
        Example prompt, GenerationOptions? options = null, CancellationToken cancellation = default)
    {
        options ??= new GenerationOptions();
        options.Validate();
        Question question = QuestionOf(prompt);
        if (options.Beams > 1)
        {
            yield return Search(question, options, cancellation).Text;
            yield break;
        }

        WrittenText written = Begun(question, options);
        int given = 0;
        foreach (bool _ in Steps([question], [written], [0], options, cancellation))
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

    private static PromptDecoder OpenDecoder(
        string folder, ModelShape shape, ExecutionOptions execution, Precision precision, string? adapter)
    {
        execution.Device.Require(precision);
        using FolderWeights weights = FolderWeights.Read(folder, new NextTokenHead(shape.Vocabulary), adapter);
        return new(weights.Architecture, weights.Layout, weights.Buffer, execution, precision);
    }

    private static SourceDecoder OpenBeside(
        string folder, ModelShape shape, int start, ExecutionOptions execution, string? adapter)
    {
        TargetTokenHead head = new(shape.Vocabulary);
        using FolderWeights weights = FolderWeights.Read(folder, head, adapter);
        EncoderDecoder architecture = (EncoderDecoder)weights.Architecture;
        GraphSession encoder = GraphSession.FromBytes(
            PaddedGraph.BuildEncoder(architecture, weights.Layout, weights.Buffer).ToByteArray(), execution,
            "encoder");
        try
        {
            return new(
                encoder, GraphSession.FromBytes(
                    PaddedGraph.BuildDecoder(architecture, head, weights.Layout, weights.Buffer).ToByteArray(),
                    execution, "decoder"), start);
        }
        catch
        {
            encoder.Dispose();
            throw;
        }
    }

    private WrittenText Begun(Question question, GenerationOptions options) =>
        new(BeginningOf(question.Ids), _tokenizer, question.Rules, options);

    /// <summary>What the decoder's text begins with: the prompt, or beside an encoder, which reads that, one
    /// token.</summary>
    private int[] BeginningOf(int[] prompt) => _beside is var (start, _) ? [start] : prompt;

    private void Write(
        Question[] prompts, WrittenText[] written, int[] texts, GenerationOptions options,
        CancellationToken cancellation)
    {
        foreach (bool _ in Steps(prompts, written, texts, options, cancellation))
        {
        }
    }

    /// <summary>Adds a token to all texts that go on, until none does.</summary>
    private IEnumerable<bool> Steps(
        Question[] prompts, WrittenText[] written, int[] texts, GenerationOptions options,
        CancellationToken cancellation)
    {
        TokenChoice[] choices = [.. texts.Select(text => new TokenChoice(options, text))];
        int[] rows = [.. Enumerable.Range(0, written.Length)];
        float[] logits = _decoder.Start([.. prompts.Select(prompt => prompt.Ids)], _padId);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            List<int> going = [];
            for (int i = 0; i < rows.Length; i++)
            {
                WrittenText text = written[rows[i]];
                Span<float> row = logits.AsSpan(i * _vocabulary, _vocabulary);
                int most = Most(text.PromptLength, options);
                LogitFilters.Always(row, text.All, text.Count, most, text.Rules, options);
                text.Add(choices[rows[i]].Next(row), most);
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

            logits = _decoder.Next([.. rows.Select(row => written[row].All[^1])]);
        }
    }

    private GeneratedText Search(Question question, GenerationOptions options, CancellationToken cancellation)
    {
        WrittenText text = Begun(question, options);
        int most = Most(text.PromptLength, options);
        (int[] ids, bool ended) = new BeamSearch(_decoder, options, question.Rules, _vocabulary).Run(
            question.Ids, BeginningOf(question.Ids), _padId, most, cancellation);
        foreach (int id in ids.TakeWhile(_ => text.End is null))
        {
            text.Add(id, most);
        }

        GeneratedText result = text.Result();
        return ended && result.End == GenerationEnd.Length ? result with { End = GenerationEnd.EndToken } : result;
    }

    private int Most(int promptLength, GenerationOptions options) =>
        Math.Min(options.MaxNewTokens, _positions - promptLength);
}
