namespace Tunduk.Evidence.Http;

/// <summary>Why a REST message cannot be signed.</summary>
public enum HttpSignatureFault
{
    /// <summary>It can.</summary>
    None,

    /// <summary>The algorithm has no registered name in HTTP signatures.</summary>
    AlgorithmWithoutName,

    /// <summary>A body on GET, HEAD, DELETE, OPTIONS or TRACE: the security servers would not forward it.</summary>
    BodyNotForwarded,

    /// <summary>X-Road-Client or X-Road-Id is missing.</summary>
    HeaderMissing,

    /// <summary>A header that the profile covers comes more than once.</summary>
    HeaderRepeated,

    /// <summary>A covered value with other than printable ASCII, line folding included.</summary>
    HeaderText,

    /// <summary>A Content-Type that does not parse.</summary>
    ContentType,

    /// <summary>A status code outside 100 to 599, or a method that is no token.</summary>
    StatusOrMethod,

    /// <summary>A nonce shorter than 16 bytes or longer than 64, a checkpoint that is no SHA-256, or Expires not after Created.</summary>
    Parameters,
}
