using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using Microsoft.ML.OnnxRuntime;
using OrtTrainer.Graph;

namespace OrtTrainer.Runtime;

/// <content>What a run leaves behind.</content>
public sealed partial class Binding
{
    /// <summary>The types of numbers that <see cref="OutputAsFloats"/> gives.</summary>
    public static readonly IReadOnlyList<ElementType> ConvertibleTypes =
        [ElementType.Float, ElementType.Float16, ElementType.Double];

    /// <summary>
    /// The float32 data of an output of the last run that ONNX Runtime allocated; valid until the next run.
    /// </summary>
    /// <exception cref="ArgumentException">
    /// The output is not float32, or was not bound with <see cref="BindOutput(string)"/>.
    /// </exception>
    /// <exception cref="InvalidOperationException">There was no run yet, or the last one failed.</exception>
    /// <exception cref="RuntimeFailureException">A kernel of the caller's own left the output out.</exception>
    public ReadOnlySpan<float> Output(string name)
    {
        Check(_session.OutputsByName, "output", name, ElementType.Float);
        return Result(name).GetTensorDataAsSpan<float>();
    }

    /// <summary>
    /// The numbers of an output of the last run in float32, converted from <see cref="ConvertibleTypes"/>; valid until
    /// the next run.
    /// </summary>
    /// <exception cref="ArgumentException">The output has another type, or was not bound with <see
    /// cref="BindOutput(string)"/>.</exception>
    /// <inheritdoc cref="Output" path="/exception"/>
    public ReadOnlySpan<float> OutputAsFloats(string name)
    {
        switch (TypeOf(_session.OutputsByName, name))
        {
            case ElementType.Float16:
                ReadOnlySpan<Half> halves =
                    MemoryMarshal.Cast<Float16, Half>(Result(name).GetTensorDataAsSpan<Float16>());
                float[] widened = new float[halves.Length];
                TensorPrimitives.ConvertToSingle(halves, widened);
                return widened;
            case ElementType.Double:
                ReadOnlySpan<double> doubles = Result(name).GetTensorDataAsSpan<double>();
                float[] narrowed = new float[doubles.Length];
                TensorPrimitives.ConvertTruncating(doubles, narrowed);
                return narrowed;
            default:
                return Output(name);
        }
    }

    /// <summary>The shape of an output of the last run that ONNX Runtime allocated.</summary>
    /// <exception cref="ArgumentException">The output was not bound with <see cref="BindOutput(string)"/>.</exception>
    /// <exception cref="InvalidOperationException">There was no run yet, or the last one failed.</exception>
    public long[] OutputShape(string name) => Result(name).GetTensorTypeAndShape().Shape;

    // The tensors of the last run that the next one reads; they are to live until it is done.
    private IDisposable? BindFedBack()
    {
        if (!_hasRun || _setSinceRun.Count == _fedBack.Count)
        {
            return null;
        }

        foreach ((string input, string output) in _fedBack)
        {
            if (!_setSinceRun.Contains(input))
            {
                Bind(input, Result(output), isInput: true);
            }
        }

        IDisposable? held = _results;
        _results = null;
        return held;
    }

    // An output keeps the tensor of its last run; a run with another shape would be refused unless it is bound anew.
    private void ReleaseResults()
    {
        _hasRun = false;
        _results?.Dispose();
        _results = null;
        foreach (string name in _allocated)
        {
            _io.BindOutputToDevice(name, OrtMemoryInfo.DefaultInstance);
        }
    }

    private OrtValue Result(string name)
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (!_allocated.Contains(name))
        {
            throw new ArgumentException(
                $"{_session.Name}: output {name} is not allocated by ONNX Runtime; call BindOutput(\"{name}\") before "
                + "the run, or read the buffer it is bound to.", nameof(name));
        }

        if (!_hasRun)
        {
            throw new InvalidOperationException(
                $"{_session.Name}: output {name} has no value, because there was no run yet or the last one failed; "
                + "call Run first.");
        }

        _results ??= _io.GetOutputValues();
        _outputNames ??= _io.GetOutputNames();
        OrtValue value = _results.ElementAt(Array.IndexOf(_outputNames, name));
        return value.IsTensor ? value : throw new RuntimeFailureException(
            _session.Name, $"output {name} is no tensor after the run; the kernel that is to make it made none.");
    }
}
