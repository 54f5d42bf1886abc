package io.mobilenetspark.spark.train;

import io.mobilenetspark.common.PublicApi;
import org.jspecify.annotations.Nullable;

/**
 * What an epoch was like. Epoch 0 is the fitted head alone, before the first step: its loss and
 * accuracy are those of the training images as they are, and there is no rate, gradient or speed.
 *
 * @param epoch its number, from 1; 0 for the fitted head alone
 * @param step optimizer steps done at its end
 * @param loss mean over its steps of the batches' loss before the step: cross-entropy plus L2
 * @param accuracy share of the training rows classified as labelled, each before its step
 * @param validationLoss mean cross-entropy of the validation rows at the epoch's end; null without
 *     such rows
 * @param validationAccuracy share of the validation rows classified as labelled; null likewise
 * @param learningRate of its last step
 * @param gradientNorm mean over its steps of the gradient's L2 norm before clipping
 * @param seconds it took, validation included
 * @param imagesPerSecond training images a second of the time in steps
 * @param overheadShare share of the time in steps, since the run or its resumption began, that no
 *     gradient was computed in: sending, scheduling, summing, moving the parameters
 * @param workers tasks that shared each step
 */
@PublicApi
public record EpochMetrics(
    int epoch,
    long step,
    double loss,
    double accuracy,
    @Nullable Double validationLoss,
    @Nullable Double validationAccuracy,
    double learningRate,
    double gradientNorm,
    double seconds,
    double imagesPerSecond,
    double overheadShare,
    int workers) {}
