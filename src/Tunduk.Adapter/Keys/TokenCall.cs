namespace Tunduk.Adapter.Keys;

/// <summary>What a frame between the adapter and its helper for tokens is: a question, or an answer.</summary>
internal enum TokenCall : byte
{
    /// <summary>Open a key: <see cref="TokenOrder"/> as JSON. Answered by its public half.</summary>
    Open = 1,

    /// <summary>Make a key pair: <see cref="TokenOrder"/> as JSON.</summary>
    Generate,

    /// <summary>Sign a digest by RSA PKCS#1: one byte of the hash, then the digest.</summary>
    SignPkcs1,

    /// <summary>Sign a digest by RSA-PSS.</summary>
    SignPss,

    /// <summary>Sign a digest by ECDSA.</summary>
    SignEcdsa,

    /// <summary>Decrypt RSA-OAEP with SHA-256.</summary>
    Decrypt,

    /// <summary>An answer: done, with what was asked for.</summary>
    Done,

    /// <summary>An answer: a <see cref="KeyFault"/> as JSON.</summary>
    Fault,
}
