using System.Runtime.CompilerServices;

namespace OrtTrainer.Runtime.Cuda.Nccl;

/// <summary>nccl.h's ncclUniqueId: by what the ranks of a communicator find each other.</summary>
[InlineArray(Length)]
internal struct NcclId
{
    /// <summary>Its bytes.</summary>
    public const int Length = 128;

    private byte _first;
}
