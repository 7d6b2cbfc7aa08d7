using Tunduk.Evidence.Log;

namespace Tunduk.Archive.Publishing;

/// <summary>One key for as long as the archive is open.</summary>
internal sealed class OneCheckpointKey(ICheckpointSigner signer) : ICheckpointKeys
{
    public ICheckpointSigner Current => signer;

    public ICheckpointSigner? Find(LogKey key) => LogKey.Of(signer).Equals(key) ? signer : null;
}
