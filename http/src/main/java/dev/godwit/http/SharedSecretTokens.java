package dev.godwit.http;

import com.nimbusds.jose.JOSEException;
import com.nimbusds.jose.JWSAlgorithm;
import com.nimbusds.jose.JWSHeader;
import com.nimbusds.jose.crypto.MACSigner;
import com.nimbusds.jose.crypto.MACVerifier;
import com.nimbusds.jose.util.Base64URL;
import com.nimbusds.jwt.JWTClaimsSet;
import com.nimbusds.jwt.SignedJWT;
import dev.godwit.server.Grant;
import java.text.ParseException;
import java.util.Collection;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Tokens that server and issuer sign with a secret both know: JWTs (RFC 7519) with HS256 and nothing else. Claims:
 * {@code sub}, {@code scopes} (an array of names), {@code access} ({@code write} or {@code read}), {@code exp}.
 */
@SuppressWarnings("JavaUtilDate") // the JOSE library speaks java.util.Date
public final class SharedSecretTokens implements TokenVerifier {
    private static final int SECRET_BYTES = 32;

    /** Some three million years. */
    private static final double MOST_SECONDS = 1e14;

    private final byte[] secret;
    private final LongSupplier wallMillis;

    /**
     * With a secret.
     *
     * @throws IllegalArgumentException if it is shorter than 32 bytes
     */
    public SharedSecretTokens(byte[] secret, LongSupplier wallMillis) {
        if (secret.length < SECRET_BYTES) {
            throw new IllegalArgumentException("the secret has " + secret.length + " bytes and needs " + SECRET_BYTES
                    + " or more: make one with `head -c 48 /dev/urandom | base64 > secret.txt`");
        }
        this.secret = secret.clone();
        this.wallMillis = wallMillis;
    }

    /** A token for a subject. */
    public String mint(String subject, Collection<String> scopes, boolean readOnly, long lifetimeMillis) {
        long now = wallMillis.getAsLong();
        JWTClaimsSet claims = new JWTClaimsSet.Builder()
                .subject(subject)
                .claim("scopes", List.copyOf(scopes))
                .claim("access", readOnly ? "read" : "write")
                .issueTime(new Date(now))
                .expirationTime(new Date(now + lifetimeMillis))
                .build();
        SignedJWT token = new SignedJWT(new JWSHeader(JWSAlgorithm.HS256), claims);
        try {
            token.sign(new MACSigner(secret));
        } catch (JOSEException e) {
            throw new IllegalStateException("cannot sign with HS256", e);
        }
        return token.serialize();
    }

    @Override
    public Grant verify(String token) {
        try {
            SignedJWT jwt = SignedJWT.parse(token);
            if (!JWSAlgorithm.HS256.equals(jwt.getHeader().getAlgorithm())
                    || !isWrittenAsMinted(jwt.getSignature())
                    || !jwt.verify(new MACVerifier(secret))) {
                throw new TokenRefused("The token was not signed by this server's issuer.");
            }
            Map<String, Object> claims = jwt.getPayload().toJSONObject();
            if (claims == null) {
                throw new ParseException("no JSON object", 0);
            }
            checkTimes(claims);
            return grant(JWTClaimsSet.parse(claims));
        } catch (ParseException | JOSEException | IllegalArgumentException unreadable) {
            throw new TokenRefused("The token cannot be read: it is cut off, or no token at all.");
        }
    }

    /** The library passes over what is no character of Base64, and over bits that say nothing: one token would have many forms. */
    private static boolean isWrittenAsMinted(Base64URL signature) {
        return Base64URL.encode(signature.decode()).equals(signature);
    }

    /** The library makes milliseconds of them without looking whether those fit: a time long past would be one to come. */
    private static void checkTimes(Map<String, Object> claims) {
        for (String name : List.of("exp", "nbf")) {
            Object seconds = claims.get(name);
            if (seconds instanceof Number number && Math.abs(number.doubleValue()) > MOST_SECONDS) {
                throw new TokenRefused("The token's " + name + " is no time: it is in seconds since 1970.");
            }
        }
    }

    private Grant grant(JWTClaimsSet claims) throws ParseException {
        Date now = new Date(wallMillis.getAsLong());
        Date expires = claims.getExpirationTime();
        Date notBefore = claims.getNotBeforeTime();
        if (expires == null || !expires.after(now)) {
            throw new TokenRefused("The token has expired: sign in again for a new one.");
        }
        if (notBefore != null && notBefore.after(now)) {
            throw new TokenRefused("The token is not valid yet: check the clocks.");
        }
        String subject = claims.getSubject();
        @Nullable List<String> scopes = claims.getStringListClaim("scopes");
        String access = claims.getStringClaim("access");
        boolean known = "read".equals(access) || "write".equals(access);
        if (subject == null || subject.isEmpty() || scopes == null || !known) {
            throw new TokenRefused("The token lacks a claim: it needs sub, scopes, access (read or write) and exp.");
        }
        return new Grant(subject, new HashSet<>(scopes), "read".equals(access));
    }
}
