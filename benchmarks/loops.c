/* Loops and their derivatives by hand: forward, keeping the state of each turn, and back with each turn once more.
   Every function returns the value and adds nothing to what it writes its derivatives to. */

#include <math.h>
#include <stdlib.h>

/* Lorenz 1963, by the classical Runge-Kutta method. p: sigma, rho, beta, and the start x, y, z. */

typedef struct { double x, y, z; } state;

static inline state flow(state s, const double *p) {
    return (state){p[0] * (s.y - s.x), s.x * (p[1] - s.z) - s.y, s.x * s.y - p[2] * s.z};
}

static inline state ahead(state s, state k, double h) {
    return (state){s.x + h * k.x, s.y + h * k.y, s.z + h * k.z};
}

/* What comes to flow(s), with g, goes to s (returned) and to p. */
static inline state flow_back(state s, const double *p, state g, double *d) {
    d[0] += g.x * (s.y - s.x);
    d[1] += g.y * s.x;
    d[2] -= g.z * s.z;
    return (state){-p[0] * g.x + (p[1] - s.z) * g.y + s.y * g.z, p[0] * g.x - g.y + s.x * g.z, -s.x * g.y - p[2] * g.z};
}

double lorenz(const double *p, double h, long turns, double *d) {
    state *kept = malloc(turns * sizeof(state)), s = {p[3], p[4], p[5]};
    for (long t = 0; t < turns; t++) {
        kept[t] = s;
        state k1 = flow(s, p), k2 = flow(ahead(s, k1, h / 2), p), k3 = flow(ahead(s, k2, h / 2), p);
        state k4 = flow(ahead(s, k3, h), p);
        s.x += h / 6 * (k1.x + 2 * (k2.x + k3.x) + k4.x);
        s.y += h / 6 * (k1.y + 2 * (k2.y + k3.y) + k4.y);
        s.z += h / 6 * (k1.z + 2 * (k2.z + k3.z) + k4.z);
    }
    double value = s.x * s.x + s.y * s.y + s.z * s.z;
    state g = {2 * s.x, 2 * s.y, 2 * s.z};
    for (int k = 0; k < 6; k++) d[k] = 0;
    for (long t = turns - 1; t >= 0; t--) {
        s = kept[t];
        state k1 = flow(s, p), s2 = ahead(s, k1, h / 2), k2 = flow(s2, p), s3 = ahead(s, k2, h / 2), k3 = flow(s3, p);
        state s4 = ahead(s, k3, h), sixth = {h / 6 * g.x, h / 6 * g.y, h / 6 * g.z};
        state third = {2 * sixth.x, 2 * sixth.y, 2 * sixth.z};
        state d4 = flow_back(s4, p, sixth, d), d3 = flow_back(s3, p, ahead(third, d4, h), d);
        state d2 = flow_back(s2, p, ahead(third, d3, h / 2), d), d1 = flow_back(s, p, ahead(sixth, d2, h / 2), d);
        g = (state){g.x + d1.x + d2.x + d3.x + d4.x, g.y + d1.y + d2.y + d3.y + d4.y, g.z + d1.z + d2.z + d3.z + d4.z};
    }
    d[3] = g.x, d[4] = g.y, d[5] = g.z;
    free(kept);
    return value;
}

/* Lotka 1925 and Volterra 1926, by Euler's method. p: four rates, and the numbers of prey and predators. */
double lotka(const double *p, double h, long turns, double *d) {
    double (*kept)[2] = malloc(turns * sizeof *kept), a = p[4], b = p[5];
    for (long t = 0; t < turns; t++) {
        kept[t][0] = a, kept[t][1] = b;
        double met = a * b;
        a += h * (p[0] * a - p[1] * met);
        b += h * (p[2] * met - p[3] * kept[t][1]);
    }
    double value = a * b, da = b, db = a;
    for (int k = 0; k < 6; k++) d[k] = 0;
    for (long t = turns - 1; t >= 0; t--) {
        a = kept[t][0], b = kept[t][1];
        double ha = h * da, hb = h * db, met = hb * p[2] - ha * p[1];
        d[0] += ha * a, d[1] -= ha * a * b, d[2] += hb * a * b, d[3] -= hb * b;
        da += ha * p[0] + met * b;
        db += met * a - hb * p[3];
    }
    d[4] = da, d[5] = db;
    free(kept);
    return value;
}

/* Elman 1990: the mean cross-entropy of each next letter. Parameters: in (symbols x width), on (width x width), a bias,
   out (symbols x width), and its bias. */
double rnn(const double *p, const long *letters, long count, long symbols, long width, double *d) {
    const double *in = p, *on = in + symbols * width, *bias = on + width * width, *out = bias + width;
    const double *last = out + symbols * width;
    double *d_in = d, *d_on = d_in + symbols * width, *d_bias = d_on + width * width, *d_out = d_bias + width;
    double *d_last = d_out + symbols * width, value = 0;
    long turns = count - 1, parameters = symbols * width + width * width + width + symbols * width + symbols;
    double *h = calloc((turns + 1) * width, sizeof(double)), *share = malloc(turns * symbols * sizeof(double));
    for (long t = 0; t < turns; t++) {
        const double *was = h + t * width;
        double *now = h + (t + 1) * width, *s = share + t * symbols, total = 0;
        for (long j = 0; j < width; j++) {
            double sum = in[letters[t] * width + j] + bias[j];
            for (long k = 0; k < width; k++) sum += on[j * width + k] * was[k];
            now[j] = tanh(sum);
        }
        for (long j = 0; j < symbols; j++) {
            double sum = last[j];
            for (long k = 0; k < width; k++) sum += out[j * width + k] * now[k];
            if (j == letters[t + 1]) value -= sum;
            s[j] = exp(sum);
            total += s[j];
        }
        for (long j = 0; j < symbols; j++) s[j] /= total;
        value += log(total);
    }
    for (long k = 0; k < parameters; k++) d[k] = 0;
    double *g = calloc(width, sizeof(double)), *z = malloc(width * sizeof(double));
    for (long t = turns - 1; t >= 0; t--) {
        const double *was = h + t * width, *now = was + width, *s = share + t * symbols;
        for (long j = 0; j < symbols; j++) {
            double slope = (s[j] - (j == letters[t + 1])) / turns;
            d_last[j] += slope;
            for (long k = 0; k < width; k++) {
                d_out[j * width + k] += slope * now[k];
                g[k] += slope * out[j * width + k];
            }
        }
        for (long j = 0; j < width; j++) {
            z[j] = g[j] * (1 - now[j] * now[j]);
            d_bias[j] += z[j];
            d_in[letters[t] * width + j] += z[j];
            g[j] = 0;
        }
        for (long j = 0; j < width; j++)
            for (long k = 0; k < width; k++) {
                d_on[j * width + k] += z[j] * was[k];
                g[k] += z[j] * on[j * width + k];
            }
    }
    free(h), free(share), free(g), free(z);
    return value / turns;
}

/* An option on the mean price along a path of geometric Brownian motion: the mean over paths.
   p: price, volatility, rate, years, strike; draws: steps for each path. */
double asian(const double *p, const double *draws, long paths, long steps, double *d) {
    double price = p[0], vol = p[1], rate = p[2], years = p[3], dt = years / steps, root = sqrt(dt), value = 0;
    double *grown = malloc(steps * sizeof(double)), *s = malloc((steps + 1) * sizeof(double));
    double discount = exp(-rate * years), drift = (rate - 0.5 * vol * vol) * dt;
    for (int k = 0; k < 5; k++) d[k] = 0;
    for (long n = 0; n < paths; n++) {
        const double *z = draws + n * steps;
        double sum = 0, zs = 0, later = 0, gains = 0;
        for (long t = 0; t < steps; t++) grown[t] = exp(drift + vol * root * z[t]);
        s[0] = price;
        for (long t = 0; t < steps; t++) sum += s[t + 1] = s[t] * grown[t];
        double payoff = sum / steps - p[4];
        if (payoff <= 0) continue;
        value += discount * payoff;
        /* an increment of the logarithm changes all prices from there on */
        for (long t = steps - 1; t >= 0; t--) {
            later += s[t + 1];
            gains += later;
            zs += later * z[t];
        }
        double slope = discount / steps;
        d[0] += slope * sum / price;
        d[1] += slope * (gains * -vol * dt + zs * root);
        d[2] += slope * gains * dt - years * discount * payoff;
        d[3] += slope * (gains * (rate - 0.5 * vol * vol) / steps + zs * vol * 0.5 * root / years)
                - rate * discount * payoff;
        d[4] -= discount;
    }
    for (int k = 0; k < 5; k++) d[k] /= paths;
    free(grown), free(s);
    return value / paths;
}
